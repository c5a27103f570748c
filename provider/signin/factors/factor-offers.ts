import type { Clock } from '../../../shared/clock.ts'
import type { FactorMethod } from '../../mfa/factor.ts'
import type { Nudges } from '../../mfa/nudges.ts'
import type { StepUp } from '../../oidc/access/step-up.ts'
import type { Interactions } from '../../oidc/interaction.ts'
import type { Attempt } from '../attempt.ts'
import { isEnough } from './choose-factor.ts'
import type { FactorAttempt, Offer } from './factor-attempt.ts'
import { type FactorStage, finish, withProblem } from './factor-stage.ts'
import { enrolBy, isFresh } from './find-factors.ts'

/** What is suggested to somebody who has shown enough: something of their own, or something better. */

export interface OfferParts {
  readonly interactions: Pick<Interactions, 'mayRegister'>
  readonly clock: Pick<Clock, 'now'>
  readonly nudges: Nudges
  readonly enrollable: readonly FactorMethod[]
  readonly stepUp: Pick<StepUp, 'met'>
}

/**
 * Whoever came with a pass of the help desk, and has nothing that lasts, chooses something; whoever
 * has no passkey hears of passkeys, now and then. Nobody does while a device waits for them.
 */
export async function offerAfter(
  at: FactorStage<'verify'> & { readonly parts: OfferParts },
  proofs: Offer,
): Promise<FactorAttempt | undefined> {
  const { parts, ctx, demand, factor } = at
  if (!isTimeForIt(at, proofs)) return undefined
  const has = (await parts.factors.of(demand.sub)).map(({ method }) => method)
  const hasNone = !has.includes('passkey') && !has.includes('totp')
  const isBeginning = factor.method === 'temporaryAccessPass' && hasNone
  const methods = parts.enrollable.filter((method) => isBeginning || method === 'passkey')
  if (methods.length === 0 || has.includes('passkey')) return undefined
  if (!(await parts.interactions.mayRegister(ctx, proofs))) return undefined
  if (isBeginning) return { stage: 'choose', methods, offer: proofs }
  return (await parts.nudges.isDue(demand.sub)) ? { stage: 'nudge', proofs } : undefined
}

function isTimeForIt(
  { parts, demand, interaction, factor }: FactorStage<'verify'> & { readonly parts: OfferParts },
  proofs: Offer,
): boolean {
  if (factor.method === 'passkey' || interaction.isForDevice) return false
  // A code that was tricked out of somebody, and a cookie, must not come to be a key for good.
  if (!isFresh(demand, parts.clock.now())) return false
  // Otherwise they are about to be asked for more.
  return isEnough(demand.control, parts.stepUp.met([...demand.shown, ...proofs]))
}

/** They take it up. */
export async function followNudge(
  at: FactorStage<'nudge'> & { readonly parts: OfferParts },
): Promise<Attempt | undefined> {
  const { parts, demand, factor } = at
  // The page was left open.
  if (!isFresh(demand, parts.clock.now())) return finish(at, factor.proofs)
  const [method, offer] = ['passkey' as const, factor.proofs]
  const next = await enrolBy(parts, demand, { method, methods: [method], offer })
  return 'refused' in next ? withProblem(next, method, factor) : { factor: next }
}

/** Or want to hear no more of it. */
export async function silenceNudge(
  at: FactorStage<'nudge'> & { readonly parts: OfferParts },
): Promise<undefined> {
  await at.parts.nudges.never(at.demand.sub)
  return finish(at, at.factor.proofs)
}
