import type { ClientAppType, Platform, RiskLevel, TransferMethod, UserAction } from './policy.ts'

/**
 * What is known of a sign-in when policies are asked. Whatever is left out is unknown, and unknown
 * is never in a person's favour: a policy that would hold for some value of it holds, and somebody
 * of whom it is not known whether they are excluded is not.
 */
export interface Signals {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at?: number
  /** User name with its suffix, as `ada@corp.example`, and whatever else policies may call them. */
  readonly user?: readonly string[]
  readonly groups?: readonly string[]
  readonly roles?: readonly string[]
  /** An account for emergencies: no policy applies to it. Left out, it is none. */
  readonly breakGlass?: true
  /** `client_id`. */
  readonly app?: string
  /** Authentication contexts that the app asks for; `[]` if it asks for none. */
  readonly authenticationContexts?: readonly string[]
  /** What the person does here, in place of using an app: then neither app nor contexts count. */
  readonly userAction?: UserAction
  readonly clientAppType?: ClientAppType
  readonly whereabouts?: Whereabouts
  readonly platform?: Platform
  readonly signInRisk?: RiskLevel
  readonly userRisk?: RiskLevel
  /** Why the two are what they are, where that is known; for the explanation alone. */
  readonly riskBecause?: { readonly signInRisk?: string; readonly userRisk?: string }
  /** `none` if the person signs in for the device they sit at. */
  readonly authenticationFlow?: TransferMethod | 'none'
}

/** Where an address is, in the words of `locations.yaml`. */
export interface Whereabouts {
  /** Names of the locations it is in. */
  readonly inside: readonly string[]
  /** Names of those of which that cannot be told. */
  readonly unsure: readonly string[]
  /** In a trusted one; left out if that cannot be told. */
  readonly trusted?: boolean
}
