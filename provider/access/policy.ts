/**
 * One conditional-access policy, as its file says it. Names are those of `conditionalAccessPolicy`
 * in Microsoft Graph v1.0, which admins know and can export; `reason`, `exceptions`, `times`,
 * `tokenLifetime`, `rememberBrowser`, `registrationSkips` and `secondOpinion` are ours.
 */
export interface Policy {
  readonly displayName: string
  readonly description?: string
  readonly state: PolicyState
  /** For the person who is blocked or asked for more. */
  readonly reason?: string
  readonly conditions: PolicyConditions
  readonly exceptions: readonly Exception[]
  readonly grantControls?: GrantControls
  readonly sessionControls?: SessionControls
}

export type PolicyState = (typeof policyStates)[number]

export const policyStates = ['enabled', 'disabled', 'enabledForReportingButNotEnforced'] as const

/** All of them must hold; one that is left out holds for every sign-in. */
export interface PolicyConditions {
  readonly users: UserConditions
  readonly applications: ApplicationConditions
  readonly clientAppTypes?: readonly (ClientAppType | 'all')[]
  readonly locations?: LocationConditions
  readonly platforms?: PlatformConditions
  readonly signInRiskLevels?: readonly RiskLevel[]
  readonly userRiskLevels?: readonly RiskLevel[]
  readonly authenticationFlows?: AuthenticationFlowConditions
  readonly times?: TimeConditions
}

/** Names are compared without regard to case, as directories do. `All` and `None` are words. */
export interface UserConditions {
  readonly includeUsers: readonly string[]
  readonly excludeUsers: readonly string[]
  readonly includeGroups: readonly string[]
  readonly excludeGroups: readonly string[]
  readonly includeRoles: readonly string[]
  readonly excludeRoles: readonly string[]
}

/** Apps, or something that a person does here, or what an app asks for by `acr`: one of the three. */
export interface ApplicationConditions {
  readonly includeApplications: readonly string[]
  readonly excludeApplications: readonly string[]
  readonly includeUserActions: readonly UserAction[]
  readonly includeAuthenticationContextClassReferences: readonly string[]
}

/** Names of `locations.yaml`; `All` and `AllTrusted` are words. */
export interface LocationConditions {
  readonly includeLocations: readonly string[]
  readonly excludeLocations: readonly string[]
}

export interface PlatformConditions {
  readonly includePlatforms: readonly (Platform | 'all')[]
  readonly excludePlatforms: readonly Platform[]
}

export interface AuthenticationFlowConditions {
  readonly transferMethods: readonly TransferMethod[]
}

export interface TimeConditions {
  /** IANA, as in `Europe/Berlin`. */
  readonly timeZone: string
  /** Any time unless given. */
  readonly includeTimes: readonly TimeWindow[]
  readonly excludeTimes: readonly TimeWindow[]
}

/** `HH:MM`. A window that ends before it begins ends on the next day. */
export interface TimeWindow {
  /** On which it begins; every day unless given. */
  readonly days?: readonly Day[]
  /** The whole day unless both are given. */
  readonly from?: string
  /** Not included; `24:00` is the end of the day. */
  readonly to?: string
}

/** People for whom the policy does not count, until a date. */
export interface Exception {
  readonly users: readonly string[]
  readonly groups: readonly string[]
  readonly roles: readonly string[]
  /** The last day, `YYYY-MM-DD`. */
  readonly until: string
  readonly timeZone: string
  readonly note?: string
}

export interface GrantControls {
  readonly operator: 'AND' | 'OR'
  readonly builtInControls: readonly BuiltInControl[]
  readonly authenticationStrength?: AuthenticationStrength
  readonly termsOfUse: readonly string[]
  /** How often somebody who has no second factor may put off setting one up. */
  readonly registrationSkips?: number
}

export interface SessionControls {
  readonly signInFrequency?: SignInFrequency
  readonly persistentBrowser?: { readonly mode: 'always' | 'never' }
  readonly tokenLifetime?: { readonly value: number; readonly type: 'minutes' | 'hours' }
  readonly rememberBrowser?: { readonly value: number; readonly type: 'days' }
}

export interface SignInFrequency {
  readonly frequencyInterval: 'timeBased' | 'everyTime'
  readonly value?: number
  readonly type?: 'hours' | 'days'
  readonly authenticationType: 'primaryAndSecondaryAuthentication' | 'secondaryAuthentication'
}

export type ClientAppType = (typeof clientAppTypes)[number]
export type Platform = (typeof platforms)[number]
export type RiskLevel = (typeof riskLevels)[number]
export type UserAction = (typeof userActions)[number]
export type TransferMethod = (typeof transferMethods)[number]
export type Day = (typeof days)[number]
export type BuiltInControl = (typeof builtInControls)[number]
/** One of those that there always are, or of the provider's settings. */
export type AuthenticationStrength = string

/** `other` is the password grant, and whatever else shows no page of ours. */
export const clientAppTypes = ['browser', 'mobileAppsAndDesktopClients', 'other'] as const
export const platforms = ['android', 'iOS', 'windows', 'macOS', 'linux'] as const
export const riskLevels = ['none', 'low', 'medium', 'high'] as const
export const userActions = ['urn:user:registersecurityinfo'] as const
export const transferMethods = ['deviceCodeFlow'] as const
export const days = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const
export const builtInControls = ['block', 'mfa', 'passwordChange', 'secondOpinion'] as const
export const authenticationStrengths: readonly AuthenticationStrength[] = [
  'multifactor',
  'passwordless',
  'phishingResistant',
]

/** The names of the same in Microsoft Graph, which admins may bring along. */
export const graphStrengths: ReadonlyMap<string, AuthenticationStrength> = new Map([
  ['multifactorAuthentication', 'multifactor'],
  ['passwordlessMfa', 'passwordless'],
  ['phishingResistantMultifactorAuthentication', 'phishingResistant'],
])

/** A policy with the name of its file, which is what everything calls it by. */
export interface NamedPolicy extends Policy {
  readonly name: string
}
