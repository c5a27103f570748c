import type { FactorView } from '../mfa/second-factors.ts'
import type { AccountParts } from './account-parts.ts'
import { isStrong, strongSignIn, usable } from './strong.ts'
import { type FormVisit, seeOther, type Visit } from './visit.ts'

/** What somebody signs in with besides their password, and whether they may change it now. */
export interface OwnFactors {
  readonly views: readonly FactorView[]
  readonly isStrong: boolean
  /** Where they show who they are, if not. */
  readonly confirm: string
}

type Parts = Pick<AccountParts, 'factors' | 'strengths' | 'ownSessions' | 'clock'>

export async function ownFactors(parts: Parts, { sub, session }: Visit): Promise<OwnFactors> {
  const views = await parts.factors.of(sub)
  const has = usable(views, parts.clock.now())
  const asked = strongSignIn(has, parts.strengths)
  return {
    views,
    isStrong: isStrong(session, has),
    confirm: parts.ownSessions.signInFor('/account/factors', asked),
  }
}

/** Takes a form that changes something about them; whoever has to show who they are first, does. */
export function changing<V extends Visit = FormVisit>(
  parts: Parts,
  change: (visit: V, own: OwnFactors) => Promise<void>,
): (visit: V) => Promise<void> {
  return async (visit) => {
    const own = await ownFactors(parts, visit)
    await (own.isStrong ? change(visit, own) : seeOther(visit.ctx, own.confirm))
  }
}

/**
 * Whether somebody has to keep a second factor: an enabled policy asks for one, of all that is known
 * when only they are, whatever the app, the place or the time. Rather one too many than a person who
 * cannot come in tomorrow.
 */
export function isFactorNeeded({ ownSessions }: Parts, { session }: Visit): boolean {
  return ownSessions
    .couldBeAsked(session)
    .some((control) => control === 'mfa' || control.startsWith('authenticationStrength:'))
}
