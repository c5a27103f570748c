import type { Locations } from '../locations.ts'
import type { NamedPolicy } from '../policy.ts'

/** Something that a policy says and hardly means. */
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
  /** Somebody can get in whatever policies say. */
  readonly hasBreakGlass?: boolean
}
