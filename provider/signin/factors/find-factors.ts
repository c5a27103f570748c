import type { Context } from 'koa'
import type { Clock } from '../../../shared/clock.ts'
import { Fault } from '../../../shared/fault.ts'
import { requestContext } from '../../http/request-context.ts'
import type { FactorMethod } from '../../mfa/factor.ts'
import type { FactorRefused, FactorView, SecondFactors } from '../../mfa/second-factors.ts'
import type { StepUp } from '../../oidc/access/step-up.ts'
import type { Demand, Interactions, ShownProof } from '../../oidc/interaction.ts'
import { begins, chooseFactor } from './choose-factor.ts'
import type { FactorAttempt, Offer } from './factor-attempt.ts'

export interface FindFactorsParts {
  readonly interactions: Pick<Interactions, 'mayRegister'>
  readonly factors: Pick<SecondFactors, 'of' | 'begin'>
  readonly enrollable: readonly FactorMethod[]
  readonly stepUp: Pick<StepUp, 'met'>
  readonly clock: Pick<Clock, 'now'>
}

/** Where somebody begins who is asked for a second factor: with what they have, or by setting one up. */
export async function findFactors(
  parts: FindFactorsParts,
  ctx: Context,
  demand: Demand,
): Promise<FactorAttempt> {
  const views = (await parts.factors.of(demand.sub)).filter(isUsable(parts.clock.now()))
  const has = [...new Set(views.map(({ method }) => method))]
  const { control, shown } = demand
  const { next, methods } = chooseFactor({
    ...parts,
    control,
    has,
    shown,
    recent: recentOf(demand, parts.clock.now()),
    met: (proofs) => parts.stepUp.met(proofs),
  })
  const [method, ...others] = methods
  if (next === 'password') return { stage: 'password' }
  if (next === 'verify' && method !== undefined) return verifyBy(parts, demand, { method, others })
  const mayEnrol = method !== undefined && (await parts.interactions.mayRegister(ctx))
  if (mayEnrol) return { stage: 'choose', methods }
  if (demand.skips !== undefined) return { stage: 'choose', methods: [] }
  return { stage: 'refused', reference: requestContext(ctx).reference }
}

// Milliseconds: as at a person's own pages.
const recently = 600_000

/** PURE. Whether they have signed in a short while ago, and not just shown something more. */
export function isFresh(demand: Demand, now: number): boolean {
  return recentOf(demand, now).some(begins)
}

function recentOf({ shown, passwordAt = 0 }: Demand, now: number): readonly ShownProof[] {
  const timeOf = ({ method, at = 0 }: ShownProof) =>
    method === 'password' ? passwordAt : at * 1000
  return shown.filter((proof) => now - timeOf(proof) <= recently)
}

// Nobody can show a pass that is over, or the eleventh of ten codes.
function isUsable(now: number): (view: FactorView) => boolean {
  return ({ ends = Infinity, left = 1 }) => ends > now && left > 0
}

export async function verifyBy(
  { factors }: Pick<FindFactorsParts, 'factors'>,
  demand: Demand,
  { method, others }: { readonly method: FactorMethod; readonly others: readonly FactorMethod[] },
): Promise<FactorAttempt> {
  const begun = await factors.begin({ purpose: 'verify', method, person: personOf(demand) })
  if ('refused' in begun) throw new Fault('internal', `no ${method} here, which somebody has`)
  return { stage: 'verify', method, others, begun }
}

export async function enrolBy(
  { factors }: Pick<FindFactorsParts, 'factors'>,
  demand: Demand,
  { method, methods, offer }: Enrolling,
): Promise<FactorAttempt | FactorRefused> {
  const begun = await factors.begin({ purpose: 'enrol', method, person: personOf(demand) })
  if ('refused' in begun) return begun
  return { stage: 'enrol', method, methods, begun, ...(offer && { offer }) }
}

interface Enrolling {
  readonly method: FactorMethod
  readonly methods: readonly FactorMethod[]
  readonly offer?: Offer
}

export function personOf({ sub, username }: Demand): { sub: string; username: string } {
  return { sub, username }
}
