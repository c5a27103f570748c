import { type Carriers, openCarriers } from '../shared/carriers.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import { openAccessSide } from './access-side.ts'
import { createAccount } from './account/account.ts'
import type { AuthorityFolder } from './agents/authority-folder.ts'
import type { ChannelKeys } from './broker/channel-keys.ts'
import type { DataKeys } from './data-key/data-keys.ts'
import { openDataKeys } from './data-key/open-data-keys.ts'
import { createApp } from './http/app.ts'
import type { Feature } from './http/feature.ts'
import { createHealth } from './http/health.ts'
import { listen } from './http/listen.ts'
import { createAccounts } from './oidc/accounts/accounts.ts'
import { createOidc } from './oidc/provider.ts'
import { openNewPasswordRules } from './passwords/open-rules.ts'
import type { NewPasswordRules } from './passwords/passwords.ts'
import type { ProviderSettings } from './settings.ts'
import { openSigninLog } from './signin/open-signin-log.ts'
import { createPages } from './signin/pages.ts'
import { openPasswordStep, patience } from './signin/password/open-password-step.ts'
import { passwordForApps } from './signin/password/password-for-apps.ts'
import type { SamplePerson } from './signin/sample-person.ts'
import { createSignin } from './signin/signin.ts'
import { createStepUp } from './signin/step-up.ts'
import { createSignInRecords } from './signin-log/sign-in-records.ts'
import { openVerdicts } from './verdicts.ts'

/** The provider: the process that apps and browsers talk to. This file lists its parts. */
export interface RunningProvider {
  readonly issuer: string
  readonly address: { readonly host: string; readonly port: number }
  /** Takes no more requests, finishes those in hand, ends its connections. */
  stop(): Promise<void>
}

export interface ProviderParts {
  readonly clock: Clock
  readonly log: Logger
  readonly dataKeys: DataKeys
  readonly channelKeys: ChannelKeys
  readonly authority: AuthorityFolder
  /** What relative file names in the settings are relative to. */
  readonly folder: string
  /** Both given in local mode; otherwise opened from the settings. */
  readonly carriers?: Carriers
  /** Local mode's own pages, once the issuer is known. */
  readonly extraFeatures?: (issuer: string) => readonly Feature[]
  /** Local mode's picker of people. */
  readonly people?: readonly SamplePerson[]
}

export async function startProvider(
  settings: ProviderSettings,
  parts: ProviderParts,
): Promise<RunningProvider> {
  const { clock, log, people = [] } = parts
  const { organization, resources, lifetimes } = settings
  // Ended in reverse: when stopping, and when a later part cannot be made.
  await using opened = new AsyncDisposableStack()
  const { carriers, sealed, rootSecret, challengeSecrets, isLocal } = await openState(
    settings,
    parts,
    opened,
  )
  const records = createSignInRecords({ store: sealed, clock, log, ...settings.signInRecords })
  opened.defer(() => records.stop())
  const stores = { carriers, sealed, isLocal }
  const verdicts = await openVerdicts(settings, { ...parts, rootSecret }, stores)
  const { agents, source: broker, lookUp, realms } = verdicts
  opened.defer(() => agents.stop())
  const server = await listen(settings.listen)
  opened.defer(() => server.close())
  const issuer = settings.issuer.replace(':0', `:${server.address.port}`)

  const accounts = createAccounts({ store: sealed, lifetimes, clock })
  const pages = createPages({ organization })
  const given = { issuer, sealed, challengeSecrets, records, verdicts, accounts }
  const gate = await openAccessSide(settings, parts, given)
  opened.defer(() => gate.stop())
  const stepUp = createStepUp({ ...gate, realms })
  const signinLog = openSigninLog({ ...agents, log, records })
  const checkPassword = openPasswordStep({ ...agents, ...gate, broker, signinLog })
  const checkAppPassword = passwordForApps({ checkPassword, realms, delay: patience })
  const about = { settings, issuer, store: sealed, accounts, pages, stepUp, checkAppPassword }
  const oidc = await createOidc({ ...parts, ...about, ...gate, rootSecret, lookUp })
  opened.defer(() => oidc.stop())
  const newPasswords = await openPasswordRules(settings, parts)
  const { noticeDays } = settings.newPasswords
  const common = { log, clock, noticeDays, organization, realms, resources, lifetimes, people }
  const asked = { accounts, stepUp, broker, signinLog, checkPassword }
  const features: readonly Feature[] = [
    createHealth(carriers),
    agents.feature(issuer),
    createSignin({ ...common, ...agents, ...gate, ...oidc, ...asked, newPasswords }),
    createAccount({ ...common, ...agents, ...gate, ...oidc, records, store: sealed }),
    ...(parts.extraFeatures?.(issuer) ?? []),
    oidc.feature,
  ]
  server.serve(createApp({ ...settings, features, issuer, clock, log }))
  log.info({ issuer }, 'provider ready')

  const running = opened.move()
  return {
    issuer,
    address: server.address,
    stop: async () => {
      await running.disposeAsync()
      log.info('provider stopped')
    },
  }
}

/** What this process shares with others. */
async function openState(
  settings: ProviderSettings,
  parts: ProviderParts,
  opened: AsyncDisposableStack,
) {
  const { clock, log, dataKeys, channelKeys, folder } = parts
  opened.defer(() => channelKeys.stop())
  opened.defer(() => dataKeys.stop())
  const redis = { clock, log, folder, name: 'provider', ownsStreams: true }
  const carriers = await openCarriers(parts.carriers, settings.redis, redis)
  opened.defer(() => carriers.close?.())
  const isLocal = parts.carriers !== undefined
  const keys = await openDataKeys({ ...parts, store: carriers.store, isLocal })
  opened.defer(() => keys.stop())
  return { carriers, isLocal, ...keys }
}

function openPasswordRules(
  { newPasswords, organization }: ProviderSettings,
  { folder, log }: ProviderParts,
): Promise<NewPasswordRules> {
  return openNewPasswordRules(newPasswords, { folder, organization: organization.name, log })
}
