import { type FactorMethod, factorMethods } from '../mfa/factor.ts'
import type { FactorRefused, GivenAnswer, SecondFactors } from '../mfa/second-factors.ts'
import type { Demand, Interactions, NewProof } from '../oidc/interaction.ts'
import type { Attempt } from './attempt.ts'
import type { FactorAttempt } from './factor-attempt.ts'
import { enrolBy, type FindFactorsParts, personOf, verifyBy } from './find-factors.ts'
import type { FormSteps, Visit } from './form-step.ts'

export interface FactorFormParts extends FindFactorsParts {
  readonly interactions: Pick<Interactions, 'mayRegister' | 'finishStepUp'>
  readonly factors: SecondFactors
}

/** Showing a second factor, and setting one up on the way. */
export function factorForms(parts: FactorFormParts): FormSteps {
  return {
    'second-factor': { at: ['secondFactor'], run: at('verify', prove) },
    'other-factor': { at: ['secondFactor'], run: at('verify', useOther) },
    enrol: { at: ['chooseFactor'], run: at('choose', choose) },
    'other-enrolment': {
      at: ['enrolFactor'],
      run: at('enrol', async (_, { methods }) => stage({ stage: 'choose', methods })),
    },
    enrolment: { at: ['enrolFactor'], run: at('enrol', enrol) },
    'recovery-codes': { at: ['offerCodes'], run: at('offerCodes', giveCodes) },
    'no-codes': { at: ['offerCodes'], run: at('offerCodes', goOn) },
    'codes-kept': { at: ['recoveryCodes'], run: at('codes', goOn) },
  }

  /** A form of one stage; at any other, the attempt stays as it is. */
  function at<S extends FactorAttempt['stage']>(
    name: S,
    run: (
      asked: Asked,
      factor: Extract<FactorAttempt, { stage: S }>,
    ) => Promise<Attempt | undefined>,
  ) {
    return async (visit: Visit): Promise<Attempt | undefined> => {
      const {
        interaction: { demand },
        attempt,
      } = visit
      if (demand === undefined || attempt.factor?.stage !== name) return attempt
      return run({ ...visit, demand }, attempt.factor as Extract<FactorAttempt, { stage: S }>)
    }
  }

  interface Asked extends Visit {
    readonly demand: Demand
  }

  async function prove(asked: Asked, factor: Extract<FactorAttempt, { stage: 'verify' }>) {
    const { demand, ctx } = asked
    const { method } = factor
    const { passwordAt } = demand
    const answer = { ...answerOf(asked), ...(passwordAt !== undefined && { passwordAt }) }
    const result = await parts.factors.prove(answer)
    if ('proven' in result) {
      return finish(ctx, [{ method, amr: result.proven.amr }])
    }
    if (result.passwordAgain) return withProblem(result, { method, factor: { stage: 'password' } })
    const isOver = result.refused === 'expired'
    return withProblem(result, {
      method,
      factor: isOver ? await verifyBy(parts, demand, factor) : factor,
    })
  }

  async function useOther(
    { form, demand }: Asked,
    factor: Extract<FactorAttempt, { stage: 'verify' }>,
  ) {
    const all = [factor.method, ...factor.others]
    const method = all.find((one) => one === form.get('method'))
    if (method === undefined) return stage(factor)
    return stage(
      await verifyBy(parts, demand, { method, others: all.filter((one) => one !== method) }),
    )
  }

  async function choose(
    { form, demand }: Asked,
    factor: Extract<FactorAttempt, { stage: 'choose' }>,
  ) {
    const method = factor.methods.find((one) => one === form.get('method'))
    if (method === undefined) return stage(factor)
    const next = await enrolBy(parts, demand, { ...factor, method })
    return 'refused' in next ? withProblem(next, { method, factor }) : stage(next)
  }

  async function enrol(asked: Asked, factor: Extract<FactorAttempt, { stage: 'enrol' }>) {
    const { demand, ctx } = asked
    const { method } = factor
    const result = await parts.factors.enrol(answerOf(asked))
    if ('enrolled' in result) {
      // Whoever has just set it up has shown it.
      const proofs: NewProof[] = [{ method, amr: result.enrolled.amr }]
      const views = await parts.factors.of(demand.sub)
      const hasCodes = views.some((view) => view.method === 'recoveryCode')
      return hasCodes ? finish(ctx, proofs) : stage({ stage: 'offerCodes', proofs })
    }
    if (result.refused !== 'expired') return withProblem(result, { method, factor })
    const anew = await enrolBy(parts, demand, factor)
    return withProblem(result, {
      method,
      factor: 'refused' in anew ? { ...factor, stage: 'choose' } : anew,
    })
  }

  async function giveCodes(
    { ctx, demand }: Asked,
    { proofs }: { readonly proofs: readonly NewProof[] },
  ) {
    const person = personOf(demand)
    const begun = await parts.factors.begin({ purpose: 'enrol', method: 'recoveryCode', person })
    if ('refused' in begun) return finish(ctx, proofs)
    const { sub } = demand
    const made = await parts.factors.enrol({ challenge: begun.id, sub, form: new Map() })
    if ('refused' in made) return finish(ctx, proofs)
    return stage({ stage: 'codes', proofs, codes: made.enrolled.shownOnce })
  }

  async function goOn({ ctx }: Asked, { proofs }: { readonly proofs: readonly NewProof[] }) {
    return finish(ctx, proofs)
  }

  async function finish(ctx: Visit['ctx'], proofs: readonly NewProof[]): Promise<undefined> {
    await parts.interactions.finishStepUp(ctx, proofs)
  }
}

function answerOf({
  form,
  demand: { sub },
}: Pick<Visit, 'form'> & { demand: Demand }): GivenAnswer {
  return { challenge: form.get('challenge') ?? '', sub, form }
}

function stage(factor: FactorAttempt): Attempt {
  return { factor }
}

function withProblem(
  { refused, wait, passwordAgain }: FactorRefused,
  { method, factor }: { readonly method: FactorMethod; readonly factor: FactorAttempt },
): Attempt {
  const more = { ...(wait !== undefined && { wait }), ...(passwordAgain && { passwordAgain }) }
  return { factor, problem: { factor: { refused, ...more }, method } }
}

/** Something else than a method of ours was sent. */
export function isMethod(text: string | undefined): text is FactorMethod {
  return factorMethods.some((method) => method === text)
}
