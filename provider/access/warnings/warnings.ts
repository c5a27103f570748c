import type { Locations } from '../locations.ts'
import type { NamedPolicy } from '../policy.ts'
import { breakGlass } from './break-glass.ts'
import { endedExceptions } from './ended-exceptions.ts'
import { lockedOut } from './locked-out.ts'
import { neverMatching } from './never-matching.ts'
import { shadowed } from './shadowed.ts'

/** What policies say that is allowed, and hardly meant: one file of this folder for each kind. */
export interface PolicyWarning {
  readonly policy: string
  /** The setting that it is about. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

export interface PolicySet {
  readonly policies: readonly NamedPolicy[]
  readonly locations: Locations
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: number
}

/** PURE. */
export function policyWarnings(set: PolicySet): readonly PolicyWarning[] {
  return [endedExceptions, neverMatching, shadowed, lockedOut, breakGlass].flatMap((find) =>
    find(set),
  )
}
