import { breakGlass } from './break-glass.ts'
import { endedExceptions } from './ended-exceptions.ts'
import { lockedOut } from './locked-out.ts'
import { neverMatching } from './never-matching.ts'
import type { PolicySet, PolicyWarning } from './policy-warning.ts'
import { shadowed } from './shadowed.ts'

/** PURE. What is allowed, and hardly meant: one file of this folder for each kind. */
export function policyWarnings(set: PolicySet): readonly PolicyWarning[] {
  return [endedExceptions, neverMatching, shadowed, lockedOut, breakGlass].flatMap((find) =>
    find(set),
  )
}
