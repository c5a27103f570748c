import type { AuthenticationStrength, PolicyState } from './policy.ts'

/** What all policies together say of a sign-in, and why. */
export interface Decision extends Verdict {
  /** What it would be if the report-only policies were enabled. */
  readonly reportOnly: Verdict
  /** One for each policy that is not disabled, by name. */
  readonly policies: readonly PolicyResult[]
}

export interface Verdict {
  readonly result: 'allow' | 'ask' | 'block'
  /** Each policy that blocks; empty unless `result` is `block`. */
  readonly blockedBy: readonly Demand[]
  /** Each must be met. Empty unless `result` is `ask`. */
  readonly requirements: readonly Requirement[]
  readonly session: SessionLimits
}

/** A policy that has a say, with what it tells the person. */
export interface Demand {
  readonly policy: string
  readonly reason?: string
}

export interface Requirement extends Demand {
  /** All of the controls, or one of them. */
  readonly operator: 'AND' | 'OR'
  readonly controls: readonly Control[]
  /** How often somebody who has no second factor may put off setting one up; never unless given. */
  readonly skips?: number
}

export type Control =
  | 'mfa'
  | 'passwordChange'
  | 'secondOpinion'
  | `authenticationStrength:${AuthenticationStrength}`
  | `termsOfUse:${string}`

/** The strictest of all policies that apply; none says anything of what is left out. */
export interface SessionLimits {
  /** Seconds after which password and second factor are asked for again; 0 is every time. */
  readonly signInFrequency?: Limit<number>
  /** Seconds after which the second factor alone is. */
  readonly secondFactorFrequency?: Limit<number>
  readonly persistentBrowser?: Limit<'always' | 'never'>
  /** Seconds that an access token may be valid. */
  readonly tokenLifetime?: Limit<number>
  /** Seconds for which a browser may be remembered; it may not unless given. */
  readonly rememberBrowser?: Limit<number>
}

export interface Limit<T> {
  readonly value: T
  /** The one that says so; the first by name if several do. */
  readonly policy: string
}

export interface PolicyResult {
  readonly policy: string
  readonly state: PolicyState
  /** All conditions together. */
  readonly match: Match
  /** `unknown` is enough. */
  readonly applies: boolean
  /** What it wants by itself of a sign-in that it applies to; absent if it only limits sessions. */
  readonly demands?: 'block' | Pick<Requirement, 'operator' | 'controls'>
  /** Those that the policy sets, in a fixed order. */
  readonly conditions: readonly ConditionResult[]
}

export interface ConditionResult {
  readonly condition: ConditionName
  readonly match: Match
  /** In a few plain words that name the entry of the policy that decided. */
  readonly because: string
}

export type Match = 'matched' | 'notMatched' | 'unknown'

export type ConditionName =
  | 'users'
  | 'exceptions'
  | 'applications'
  | 'clientAppTypes'
  | 'locations'
  | 'platforms'
  | 'signInRiskLevels'
  | 'userRiskLevels'
  | 'authenticationFlows'
  | 'times'
