import { resolve } from 'node:path'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import type { Store } from '../shared/store.ts'
import {
  type ConditionalAccess,
  noPolicies,
  openConditionalAccess,
} from './access/conditional-access.ts'
import { type OpenedFactors, openSecondFactors } from './mfa/open-second-factors.ts'
import type { Accounts } from './oidc/accounts/accounts.ts'
import { endedAt } from './oidc/accounts/ended-at.ts'
import type { OidcParts } from './oidc/provider.ts'
import { openRisk } from './risk/open.ts'
import type { Risk } from './risk/risk.ts'
import type { ProviderSettings } from './settings.ts'
import type { AccessEntry } from './signin-log/access-entry.ts'
import type { SignInRecords } from './signin-log/sign-in-records.ts'
import { recordAccess } from './signin-log/signin-log.ts'
import { type Acceptances, createAcceptances } from './terms/acceptances.ts'
import { openTerms } from './terms/terms.ts'
import type { Verdicts } from './verdicts.ts'

/** The provider towards those who have shown their password: what else has to hold, and be shown. */
export interface AccessSide extends OpenedFactors {
  readonly access: NonNullable<OidcParts['access']>
  readonly risk: Risk
  readonly acceptances: Acceptances
  readonly placeOf: ConditionalAccess['placeOf']
  readonly stop: () => Promise<void>
}

export interface AccessSideParts {
  readonly clock: Clock
  readonly log: Logger
  /** What relative file names in the settings are relative to. */
  readonly folder: string
}

export interface AccessSideGiven {
  readonly issuer: string
  readonly sealed: Store
  /** Of all provider processes. */
  readonly challengeSecrets: () => readonly [Buffer, ...Buffer[]]
  readonly records: SignInRecords
  readonly verdicts: Pick<Verdicts, 'realms' | 'hasBreakGlass'>
  readonly accounts: Pick<Accounts, 'ended' | 'find'>
}

/** @throws SettingsFault with the problems of all policies; Fault `settings` */
export async function openAccessSide(
  settings: ProviderSettings,
  parts: AccessSideParts,
  given: AccessSideGiven,
): Promise<AccessSide> {
  const { clock, log, folder } = parts
  const { issuer, sealed, challengeSecrets: secrets, records, verdicts, accounts } = given
  await using opened = new AsyncDisposableStack()
  const policies = await openPolicies(settings, parts, verdicts)
  opened.defer(() => policies.stop())
  const measuring = await openRisk(settings.risk, { ...parts, store: sealed, policies })
  opened.defer(() => measuring.stop())
  const terms = await openTerms(settings.termsOfUse, folder)
  const acceptances = createAcceptances({ terms, store: sealed, clock, log })
  const kept = { store: sealed, secrets, endedAt: endedAt(accounts) }
  const running = opened.move()
  return {
    ...openSecondFactors(settings, { ...kept, issuer, clock, log }),
    access: { policies, record: recordIn(log, records) },
    risk: measuring.risk,
    acceptances,
    placeOf: (address) => policies.placeOf(address),
    stop: () => running.disposeAsync(),
  }
}

function recordIn(log: Logger, records: SignInRecords): (entry: AccessEntry) => void {
  return (entry) => {
    recordAccess(log, entry)
    records.access(entry)
  }
}

function openPolicies(
  { policiesDirectory, termsOfUse, authenticationStrengths }: ProviderSettings,
  { folder, clock, log }: AccessSideParts,
  { realms, hasBreakGlass }: AccessSideGiven['verdicts'],
): Promise<ConditionalAccess> | ConditionalAccess {
  if (policiesDirectory === undefined) return noPolicies
  const terms = termsOfUse.map(({ name }) => name)
  const strengths = authenticationStrengths.map(({ name }) => name)
  const known = { realms, terms, strengths, hasBreakGlass }
  return openConditionalAccess(resolve(folder, policiesDirectory), { ...known, clock, log })
}
