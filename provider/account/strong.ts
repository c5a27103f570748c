import type { FactorView } from '../mfa/second-factors.ts'
import type { Strengths } from '../mfa/strengths.ts'
import type { AskedSignIn, OwnSession } from '../oidc/accounts/own-session.ts'

/**
 * Seconds. Somebody who finds a browser open, or has taken its cookie, must not come to own the
 * account by setting up a factor of theirs.
 */
const recent = 600

/** PURE. What can still be shown. A pass or a list of codes may be used up. @param now milliseconds */
export function usable(views: readonly FactorView[], now: number): readonly FactorView[] {
  return views.filter(({ left, ends }) => left !== 0 && (ends === undefined || ends > now))
}

/** PURE. Whether somebody has shown lately all that they can show. */
export function isStrong(
  { age, factorAge = Number.POSITIVE_INFINITY }: Pick<OwnSession, 'age' | 'factorAge'>,
  has: readonly FactorView[],
): boolean {
  return age <= recent && (has.length === 0 || factorAge <= recent)
}

/** PURE. What to ask of somebody so that it is. */
export function strongSignIn(
  has: readonly FactorView[],
  { names }: Pick<Strengths, 'names'>,
): AskedSignIn {
  const [weakest] = names
  const isMore = has.length > 0 && weakest !== undefined
  return { within: recent, ...(isMore && { strength: weakest }) }
}
