import type { RedisPlace, RedisSettings } from '../shared/redis/settings.ts'
import type { WebhookSettings } from './agents/webhook-settings.ts'
import type { BreakGlassSettings } from './break-glass/settings.ts'
import type { ForwardedHeader } from './http/client-address.ts'
import type { MetricsSettings } from './metrics/settings.ts'
import type { PasskeySettings } from './mfa/passkey-settings.ts'
import type { StrengthSettings } from './mfa/strength-settings.ts'
import type { RiskSettings } from './risk/settings.ts'
import type { SignInRecordSettings } from './signin-log/settings.ts'
import type { TermsSettings } from './terms/settings.ts'

/** `provider.yaml`: everything the provider is told. Files are relative to the settings file. */
export interface ProviderSettings {
  /** OpenID Connect Discovery 1.0 section 3; `https`, or `http` on a loopback host only. */
  readonly issuer: string
  readonly listen: { readonly host: string; readonly port: number }
  /** Addresses or CIDR ranges that are believed about where requests come from. */
  readonly trustedProxies: readonly string[]
  /** The one header in which they are. */
  readonly forwardedHeader: ForwardedHeader
  /** Absent only in local mode, which keeps everything in memory. */
  readonly redis?: RedisSettings
  /** 32 random bytes, base64url: seals personal data and secrets before they are stored. */
  readonly dataKeyFile: string
  /** PEM, P-256: signs session keys for agents, which pin its public half. */
  readonly channelKeyFile: string
  readonly realms: readonly RealmSettings[]
  /** Folder of the authority that certifies agents, `postern keys create authority` makes it. */
  readonly agentAuthority: { readonly directory: string }
  /** How agents reach Redis; as the provider does unless given. */
  readonly agentRedis?: RedisPlace
  /** Whether the provider makes a user of Redis for each agent. */
  readonly agentRedisUsers: boolean
  readonly clientsDirectory: string
  /** Conditional access; without, everybody whose password is right is let in. */
  readonly policiesDirectory?: string
  /** Accounts for emergencies; none unless given. */
  readonly breakGlass?: BreakGlassSettings
  /** Terms that policies can ask people to accept. */
  readonly termsOfUse: readonly TermsSettings[]
  /** A module of the customer's own that adds to the measure of risk. */
  readonly risk?: RiskSettings
  readonly resources: readonly ResourceSettings[]
  readonly organization: OrganizationSettings
  readonly newPasswords: NewPasswordSettings
  readonly passkeys: PasskeySettings
  /** Beside those that there always are. */
  readonly authenticationStrengths: readonly StrengthSettings[]
  readonly lifetimes: LifetimeSettings
  readonly accountChecks: AccountCheckSettings
  /** Sign-ins that must fail, to find agents that say yes to everything. */
  readonly canaries: { readonly perHour: number }
  readonly signInRecords: SignInRecordSettings
  readonly alerts: { readonly webhook?: WebhookSettings }
  /** Nothing is counted unless given. */
  readonly metrics?: MetricsSettings
  readonly log: { readonly level: string }
}

/** Which user names belong to a realm. */
export interface RealmNames {
  readonly name: string
  /** What comes after the `@` of its people's user names; none if it is only the default. */
  readonly suffixes: readonly string[]
  /** What comes before the backslash of `CORP\alice`; none unless given. */
  readonly netbiosNames?: readonly string[]
  /** Takes names without a suffix, and with one that no realm has. At most one realm. */
  readonly default: boolean
}

export interface RealmSettings extends RealmNames {
  /** A success counts only if two agents agree on it. */
  readonly secondOpinion: boolean
  /** The same for people of these groups, by the name that the directory's `groups` claim has. */
  readonly secondOpinionGroups: readonly string[]
  readonly canaries: CanaryNames
  /** Whether people may change their password, an expired one on the sign-in page. */
  readonly changePasswords: boolean
  /** How they change it otherwise; said where they cannot do it here. */
  readonly passwordHelp?: string
  /** The same where the directory refuses; `passwordHelp` unless given. */
  readonly passwordRefusedHelp?: string
}

/** What a new password must not be, beside what the directory itself refuses. */
export interface NewPasswordSettings {
  readonly bannedTermsFile?: string
  readonly names: readonly string[]
  readonly breachedFile?: string
  readonly breachedRange?: string
  /** How many days before their password expires people are told so. */
  readonly noticeDays: number
}

/** Under which names a realm's agents are put to the test. */
export interface CanaryNames {
  /** Accounts of nobody's, set aside in the directory; as people would type them. */
  readonly names: readonly string[]
  /** How user names look here, to make up some that nobody has. Absent: `{first}.{last}`. */
  readonly patterns?: readonly string[]
}

/** An API that access tokens may be issued for (RFC 8707); they are JWTs (RFC 9068). */
export interface ResourceSettings {
  readonly identifier: string
  readonly name: string
  readonly scopes: readonly string[]
}

/** What the pages say about who runs this. */
export interface OrganizationSettings {
  readonly name: string
  /** Shown where a person needs help: a telephone number, an address, an office. */
  readonly help?: string
}

/** Seconds. */
export interface LifetimeSettings {
  readonly session: number
  readonly interaction: number
  readonly accessToken: number
  readonly idToken: number
  readonly refreshToken: number
}

/** Seconds: how what has become of people since their sign-in is found out. */
export interface AccountCheckSettings {
  /** At most one question about each account in this time; 0: none ever. */
  readonly every: number
  /** After the last good answer, while the directory gives none. */
  readonly goOnFor: number
}
