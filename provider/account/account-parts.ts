import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import type { ConditionalAccess } from '../access/conditional-access.ts'
import type { Alerts } from '../agents/alerts.ts'
import type { FactorMethod } from '../mfa/factor.ts'
import type { RememberedBrowsers } from '../mfa/remembered-browsers.ts'
import type { SecondFactors } from '../mfa/second-factors.ts'
import type { Strengths } from '../mfa/strengths.ts'
import type { OwnSessions } from '../oidc/accounts/own-session.ts'
import type { Risk } from '../risk/risk.ts'
import type { OrganizationSettings } from '../settings.ts'
import type { SigninRealm } from '../signin/realm.ts'
import type { SignInRecords } from '../signin-log/sign-in-records.ts'

/** What a person's own pages need of the rest. */
export interface AccountParts {
  readonly ownSessions: Pick<
    OwnSessions,
    'find' | 'shown' | 'list' | 'end' | 'signInFor' | 'mayRegister' | 'couldBeAsked' | 'appNames'
  >
  readonly factors: SecondFactors
  /** What people set up for themselves. */
  readonly enrollable: readonly FactorMethod[]
  readonly strengths: Pick<Strengths, 'names'>
  readonly rememberedBrowsers: Pick<RememberedBrowsers, 'list' | 'revoke' | 'revokeAll'>
  readonly records: Pick<SignInRecords, 'recent'>
  /** They know where an address is, as far as that can be told. */
  readonly access: { readonly policies: Pick<ConditionalAccess, 'placeOf'> }
  readonly alerts: Alerts
  readonly risk: Pick<Risk, 'disowned'>
  readonly realms: readonly SigninRealm[]
  readonly organization: OrganizationSettings
  /** Sealed. */
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
}
