import type { Attempt } from './attempt.ts'
import type { Problem } from './problem.ts'
import type { SigninRealm } from './realm.ts'

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
  const canChange = realms.find((realm) => realm.name === attempt.realm)?.changePasswords ?? false
  if (canChange && (name === 'passwordExpired' || name === 'mustChangePassword')) {
    return { ...before, mustChange: name }
  }
  const staysHere = name === undefined || mustChange === undefined || goesOn.has(name)
  return staysHere ? { ...attempt, problem } : { ...before, problem }
}

// After these it makes sense to type another new password.
const goesOn: ReadonlySet<string> = new Set([
  'wrongOldPassword',
  'tooShort',
  'tooSimple',
  'inHistory',
  'banned',
  'unavailable',
])
