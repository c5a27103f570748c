import { resolve } from 'node:path'
import type Koa from 'koa'
import mount from 'koa-mount'
import type Provider from 'oidc-provider'
import type { Configuration } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import { noPolicies } from '../access/conditional-access.ts'
import type { Feature } from '../http/feature.ts'
import type { Risk } from '../risk/risk.ts'
import type { ProviderSettings } from '../settings.ts'
import { type AccessGate, type AccessGateParts, createAccessGate } from './access/access-gate.ts'
import { type AccessRisk, createAccessRisk } from './access/access-risk.ts'
import { noStepUp, type StepUp } from './access/step-up.ts'
import { accountClient } from './account-client.ts'
import { createAccountChecks, type LookUp } from './accounts/account-checks.ts'
import type { Accounts } from './accounts/accounts.ts'
import type { OwnSessions } from './accounts/own-session.ts'
import { createOwnSessions } from './accounts/own-sessions.ts'
import { contextsInDiscovery } from './authentication-claims.ts'
import { automaticForms } from './automatic-forms.ts'
import { buildProvider, clientTrial } from './build-provider.ts'
import { resourceCheck } from './clients/client-checks.ts'
import { type Clients, createClients } from './clients/clients.ts'
import { clientSchema } from './clients/read-client.ts'
import { configuration } from './configuration.ts'
import { type CurrentProvider, createCurrentProvider } from './current-provider.ts'
import { deriveSecrets } from './derived-secrets.ts'
import { answerFault } from './error-answers.ts'
import { logEvents } from './events.ts'
import type { Interactions } from './interaction.ts'
import { createInteractions } from './interactions.ts'
import { afterSignIn } from './lifetimes.ts'
import type { OidcPages } from './pages.ts'
import { type CheckAppPassword, noAppPasswords } from './password-grant/app-password.ts'
import { honestDiscovery } from './password-grant/honest-discovery.ts'
import { type PasswordGrantParts, registerPasswordGrant } from './password-grant/password-grant.ts'
import { createAdapter } from './storage/adapter.ts'
import { afterWrites } from './storage/meanwhile.ts'

/**
 * OpenID Connect: everything that touches oidc-provider, which speaks the protocol. This folder
 * gives it our storage, clients, keys and choices, and gives the sign-in pages a door to it
 * (`interaction.ts`, `own-session.ts`) that says nothing of the library.
 */
export interface Oidc {
  /** Answers whatever no other feature has: it has to be the last one. */
  readonly feature: Feature
  readonly interactions: Interactions
  readonly ownSessions: OwnSessions
  stop(): Promise<void>
}

export interface OidcParts {
  readonly settings: Pick<
    ProviderSettings,
    'clientsDirectory' | 'resources' | 'lifetimes' | 'accountChecks'
  >
  readonly issuer: string
  /** What a relative `clientsDirectory` is relative to. */
  readonly folder: string
  /** Of all provider processes. */
  readonly rootSecret: Buffer
  /** Sealed. */
  readonly store: Store
  readonly accounts: Accounts
  /** Asks the directory about an account. */
  readonly lookUp: LookUp
  /** Policies, and where what they say is recorded; everybody is let in unless given. */
  readonly access?: Pick<AccessGateParts, 'policies' | 'record'>
  /** A password is all that can be shown unless given. */
  readonly stepUp?: StepUp
  /** For apps that take passwords themselves; refuses everybody unless given. */
  readonly checkAppPassword?: CheckAppPassword
  /** What policies on risk are asked with; it is unknown unless given. */
  readonly risk?: Risk
  readonly pages: OidcPages
  readonly clock: Clock
  readonly log: Logger
  /** Milliseconds between looks at the signing keys; 30 seconds unless given. */
  readonly keyInterval?: number
}

/** @throws SettingsFault with every problem of the client files; Fault `storeDown` */
export async function createOidc(parts: OidcParts): Promise<Oidc> {
  const { settings, issuer, store, clock, log } = parts
  const { lifetimes, resources } = settings
  const directory = resolve(parts.folder, settings.clientsDirectory)
  const clients = createClients({ directory, log })
  const checks = createAccountChecks(parts)
  const access = parts.access ?? { policies: noPolicies, record: () => {} }
  const stepUp = parts.stepUp ?? noStepUp
  const gate = createAccessGate({ ...access, stepUp, store, lifetimes, clock })
  const risk = createAccessRisk(parts.risk, clock)
  const common = {
    issuer,
    gate,
    stepUp,
    risk,
    accounts: parts.accounts,
    checks,
    store,
    pages: parts.pages,
    lifetimes,
    resources,
    clock,
    clients,
    contexts: () => access.policies.contexts(),
    checkAppPassword: parts.checkAppPassword ?? noAppPasswords,
  }
  const adapter = createAdapter({ store, clients, own: accountClient(issuer), lifetimes, clock })
  const secrets = deriveSecrets(parts.rootSecret)

  const current = await createCurrentProvider({
    store,
    clock,
    log,
    // An app may show an ID token long after its end, as a hint of whom to sign out
    // (RP-Initiated Logout 1.0 section 2); so its key stays as long as a session can.
    retention: 1000 * Math.max(afterSignIn(lifetimes), lifetimes.idToken, lifetimes.accessToken),
    interval: parts.keyInterval ?? 30_000,
    build: (jwks) => instance(common, configuration({ ...common, adapter, secrets, jwks })),
  })
  const stop = async (): Promise<void> => {
    await Promise.all([current.stop(), clients.stop()])
  }
  try {
    await clients.load(clientSchema(clientTrial(current.get()), [resourceCheck(resources)]))
  } catch (thrown) {
    await stop()
    throw thrown
  }
  return {
    feature: feature(current),
    interactions: createInteractions(() => current.get(), { ...parts, gate }),
    ownSessions: createOwnSessions(() => current.get(), { ...parts, checks, gate, risk }),
    stop,
  }
}

interface InstanceParts extends Omit<PasswordGrantParts, 'gate'> {
  readonly issuer: string
  readonly gate: AccessGate
  readonly risk: AccessRisk
  readonly pages: OidcPages
  readonly clients: Clients
  /** Authentication contexts that policies know. */
  readonly contexts: () => ReadonlySet<string>
}

function instance(parts: InstanceParts, configured: Configuration): Provider {
  const { gate, risk, pages, clients } = parts
  const provider = buildProvider(parts.issuer, configured)
  registerPasswordGrant(provider, { ...parts, gate: gate.password })
  logEvents(provider)
  provider.on('authorization.accepted', (ctx) => gate.accept(ctx))
  provider.on('authorization.accepted', (ctx) => risk.accept(ctx))
  provider.use(contextsInDiscovery(parts.contexts))
  provider.use(afterWrites(answerFault(pages)))
  provider.use(honestDiscovery(clients))
  provider.use(automaticForms(pages))
  return provider
}

function feature(current: CurrentProvider): Feature {
  return {
    mount: (router) => {
      router.all(/.*/, async (ctx, next) => {
        const provider = current.get()
        // Signed with the library's key, as it expects them: our app has none.
        ctx.cookies = provider.createContext(ctx.req, ctx.res).cookies
        await middlewareOf(provider)(ctx, next)
      })
    },
  }
}

const mounted = new WeakMap<Provider, Koa.Middleware>()

function middlewareOf(provider: Provider): Koa.Middleware {
  const known = mounted.get(provider) ?? mount(provider)
  mounted.set(provider, known)
  return known
}
