import type { PutOffs } from '../../mfa/put-offs.ts'
import type { NewProof } from '../../oidc/interaction.ts'
import type { Attempt } from '../attempt.ts'
import type { FactorAttempt } from './factor-attempt.ts'
import { answerIn, type FactorStage, finish, withProblem } from './factor-stage.ts'
import { enrolBy, type FindFactorsParts, findFactors, isFresh, personOf } from './find-factors.ts'

type Stage<S extends 'choose' | 'enrol'> = FactorStage<S> & { readonly parts: FindFactorsParts }

/** Somebody who has no second factor has chosen what to set up. */
export async function setUp(at: Stage<'choose'>): Promise<Attempt | undefined> {
  const { parts, ctx, demand, factor, form } = at
  const { offer } = factor
  // The page may be an old one: of hours ago, or of before they had a factor.
  if (offer !== undefined && !isFresh(demand, parts.clock.now())) return finish(at, offer)
  const due = offer === undefined ? await findFactors(parts, ctx, demand) : factor
  if (due.stage !== 'choose') return { factor: due }
  const method = factor.methods.find((one) => one === form.get('method'))
  if (method === undefined) return { factor }
  const next = await enrolBy(parts, demand, { ...factor, method })
  return 'refused' in next ? withProblem(next, method, factor) : { factor: next }
}

export async function chooseOther({ factor }: FactorStage<'enrol'>): Promise<Attempt> {
  const { methods, offer } = factor
  return { factor: { stage: 'choose', methods, ...(offer && { offer }) } }
}

/** They do not want to now: it was an offer, or a policy lets them put it off. */
export async function putOff(
  at: FactorStage<'choose' | 'enrol'> & { readonly parts: { readonly putOffs: PutOffs } },
): Promise<Attempt | undefined> {
  const { parts, demand, factor, interaction } = at
  if (factor.offer !== undefined) return finish(at, factor.offer)
  const { skips, sub } = demand
  const isTaken = skips && (await parts.putOffs.putOff(sub, interaction.uid, skips.most))
  return isTaken ? finish(at, [{ method: 'registrationPutOff', amr: [] }]) : { factor }
}

/** And has set it up. */
export async function enrol(at: Stage<'enrol'>): Promise<Attempt | undefined> {
  const { parts, ctx, demand, factor } = at
  const { method, offer = [] } = factor
  // They may have a factor by now. Whoever knows the password alone must not add one of theirs to it.
  const due = factor.offer === undefined ? await findFactors(parts, ctx, demand) : factor
  if (due.stage === 'verify') return { factor: due }
  const result = await parts.factors.enrol(answerIn(at))
  if ('enrolled' in result) {
    // Whoever has just set it up has shown it: what it is, and not what this page was for.
    const { amr, factor: enrolled } = result.enrolled
    const proofs: readonly NewProof[] = [...offer, { method: enrolled.method, amr }]
    const has = await parts.factors.of(demand.sub)
    const hasCodes = has.some((view) => view.method === 'recoveryCode')
    return hasCodes ? finish(at, proofs) : { factor: { stage: 'offerCodes', proofs } }
  }
  if (result.refused !== 'expired') return withProblem(result, method, factor)
  if (isFresh(demand, parts.clock.now())) return withProblem(result, method, await anew(at))
  return factor.offer === undefined ? withProblem(result, method, due) : finish(at, factor.offer)
}

async function anew({ parts, demand, factor }: Stage<'enrol'>): Promise<FactorAttempt> {
  const { methods, offer } = factor
  const next = await enrolBy(parts, demand, factor)
  return 'refused' in next ? { stage: 'choose', methods, ...(offer && { offer }) } : next
}

export async function giveCodes(at: FactorStage<'offerCodes'>): Promise<Attempt | undefined> {
  const { parts, demand, factor } = at
  const { proofs } = factor
  const method = 'recoveryCode'
  const begun = await parts.factors.begin({ purpose: 'enrol', method, person: personOf(demand) })
  if ('refused' in begun) return finish(at, proofs)
  const answer = { challenge: begun.id, sub: demand.sub, form: new Map<string, string>() }
  const made = await parts.factors.enrol(answer)
  if ('refused' in made) return finish(at, proofs)
  return { factor: { stage: 'codes', proofs, codes: made.enrolled.shownOnce } }
}

/** Whatever was offered, or told, is done with. */
export function goOn(
  at: FactorStage<'offerCodes' | 'codes' | 'notice' | 'nudge'>,
): Promise<undefined> {
  return finish(at, at.factor.proofs)
}
