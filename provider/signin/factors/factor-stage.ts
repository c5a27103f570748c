import type { Context } from 'koa'
import type { Form } from '../../http/form.ts'
import type { FactorMethod } from '../../mfa/factor.ts'
import type { FactorRefused, GivenAnswer, SecondFactors } from '../../mfa/second-factors.ts'
import type { Demand, Interaction, Interactions, NewProof } from '../../oidc/interaction.ts'
import type { Attempt } from '../attempt.ts'
import type { FactorAttempt } from './factor-attempt.ts'

/** A form that somebody has sent at one stage of a second factor. */
export interface FactorStage<S extends FactorAttempt['stage']> {
  readonly parts: {
    readonly interactions: Pick<Interactions, 'finishStepUp'>
    readonly factors: SecondFactors
  }
  readonly interaction: Interaction
  readonly ctx: Context
  readonly form: Form
  readonly demand: Demand
  readonly factor: Extract<FactorAttempt, { readonly stage: S }>
}

export type AnyStage = FactorStage<FactorAttempt['stage']>

export function answerIn({ form, demand }: Pick<AnyStage, 'form' | 'demand'>): GivenAnswer {
  return { challenge: form.get('challenge') ?? '', sub: demand.sub, form }
}

/** The attempt with what was wrong, at the stage that comes of it. */
export function withProblem(
  { refused, wait, passwordAgain }: FactorRefused,
  method: FactorMethod,
  factor: FactorAttempt,
): Attempt {
  const more = { ...(wait !== undefined && { wait }), ...(passwordAgain && { passwordAgain }) }
  return { factor, problem: { factor: { refused, ...more }, method } }
}

/** All is shown: the sign-in goes on. */
export async function finish(
  { parts, ctx }: Pick<AnyStage, 'parts' | 'ctx'>,
  proofs: readonly NewProof[],
): Promise<undefined> {
  await parts.interactions.finishStepUp(ctx, proofs)
}
