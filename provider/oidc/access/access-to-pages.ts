import type { Context } from 'koa'
import type { Clock } from '../../../shared/clock.ts'
import type { ConditionalAccess } from '../../access/conditional-access.ts'
import type { Decision } from '../../access/decision.ts'
import type { Person } from '../../access/person.ts'
import type { UserAction } from '../../access/policy.ts'
import { accountClientId } from '../account-client.ts'
import type { ShownProof } from '../interaction.ts'
import { isPast } from '../lifetimes.ts'
import { circumstancesOfPage } from './access-circumstances.ts'
import { isMetBy } from './access-to-tokens.ts'
import { fresh, type Proof, type Proofs } from './proofs.ts'
import type { StepUp } from './step-up.ts'

/** Somebody with a session who comes to a page of ours that asks for no authorization. */
export interface PageSession {
  readonly person: Person
  readonly uid: string
  /** RFC 8176. */
  readonly amr: readonly string[]
  /** Seconds since the epoch; left out in a sign-in, which is asked for itself how old it may be. */
  readonly signedInAt?: number
  /** What they are about to do there. */
  readonly userAction?: UserAction
  /** What they have shown in a sign-in that is under way, beside what the session has. */
  readonly proofs?: readonly ShownProof[]
}

export interface PageGateParts {
  readonly policies: Pick<ConditionalAccess, 'decide'>
  readonly stepUp: StepUp
  readonly proofs: Pick<Proofs, 'of'>
  readonly clock: Clock
}

/**
 * Seconds. Where a policy wants a sign-in every time, one is enough for a page of ours with all of
 * its requests: the first of them comes after the redirect from that very sign-in.
 */
const onePage = 300

/** Whether policies let them see it, or do what they are about to do there. */
export async function allowsPage(
  parts: PageGateParts,
  ctx: Context,
  session: PageSession,
): Promise<boolean> {
  const { person, uid, amr, userAction, proofs: now = [] } = session
  const page = { app: accountClientId, clientAppType: 'browser' } as const
  const action = userAction !== undefined && { userAction }
  const decision = parts.policies.decide({
    ...circumstancesOfPage(ctx),
    ...page,
    ...action,
    person,
  })
  if (decision === undefined) return true
  if (isTooOld(decision, session, parts.clock)) return false
  const { sub } = person
  const counts = (list: readonly Proof[]) => fresh(list, decision.session, parts.clock.now() / 1000)
  const shown = [...counts(await parts.proofs.of(uid, sub)), ...now]
  if (userAction === undefined) {
    const standing = counts(await standingOf(parts, ctx, { sub, decision }))
    return isMetBy(parts.stepUp, decision, { sub, amr, proofs: [...shown, ...standing] })
  }
  // What policies guard is for those who show something now: not for whoever was asked for nothing,
  // in a browser that is remembered or because they have put it off.
  const proofs = shown.filter(({ method }) => method !== 'registrationPutOff')
  return isMetBy(parts.stepUp, decision, { sub, amr, proofs })
}

function isTooOld(
  { session }: Decision,
  { signedInAt }: Pick<PageSession, 'signedInAt'>,
  clock: Clock,
): boolean {
  const limit = session.signInFrequency?.value
  if (limit === undefined || signedInAt === undefined) return false
  return isPast(signedInAt, Math.max(limit, onePage), clock)
}

async function standingOf(
  { stepUp }: PageGateParts,
  ctx: Context,
  { sub, decision }: { readonly sub: string; readonly decision: Decision },
): Promise<readonly Proof[]> {
  const controls = decision.requirements.flatMap((requirement) => requirement.controls)
  return controls.length === 0 ? [] : (await stepUp.standing(ctx, sub, controls)).proofs
}
