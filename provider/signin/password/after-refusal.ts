import type { Attempt } from '../attempt.ts'
import type { Problem } from '../problem.ts'
import type { SigninRealm } from '../realm.ts'

/**
 * PURE. The attempt after a password was refused. Where it only has to be changed, and that can be
 * done here, the way on is to do so; where that turns out to be impossible, it ends.
 */
export function afterRefusal(
  attempt: Attempt,
  problem: Problem,
  realms: readonly SigninRealm[],
): Attempt {
  const { mustChange, problem: _, ...before } = attempt
  const name = 'outcome' in problem ? problem.outcome.name : undefined
  if (isMended(name, attempt, realms)) return { ...before, mustChange: name }
  const staysHere = name === undefined || mustChange === undefined || goesOn.has(name)
  if (staysHere) return { ...attempt, problem }
  if (goesBack.has(name)) return { ...before, problem }
  const { accepted: _accepted, ...refused } = before
  return { ...refused, problem }
}

function isMended(
  name: string | undefined,
  { realm: named }: Attempt,
  realms: readonly SigninRealm[],
): name is 'passwordExpired' | 'mustChangePassword' {
  if (name !== 'passwordExpired' && name !== 'mustChangePassword') return false
  return realms.find((realm) => realm.name === named)?.changePasswords ?? false
}

// After these, who only wanted to be early may go on with the old one.
const goesBack: ReadonlySet<string | undefined> = new Set(['notPermitted', 'tooRecent'])

// After these it makes sense to type another new password.
const goesOn: ReadonlySet<string> = new Set([
  'wrongOldPassword',
  'tooShort',
  'tooSimple',
  'inHistory',
  'banned',
  'unavailable',
])
