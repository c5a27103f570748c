import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as client from 'openid-client'
import { pino } from 'pino'
import {
  type ConditionalAccess,
  noPolicies,
  openConditionalAccess,
} from '../../provider/access/conditional-access.ts'
import type { VerdictSource } from '../../provider/broker/verdict-source.ts'
import { createApp } from '../../provider/http/app.ts'
import type { ForwardedHeader } from '../../provider/http/client-address.ts'
import type { Feature } from '../../provider/http/feature.ts'
import { type Listening, listen } from '../../provider/http/listen.ts'
import type { ProofMethod } from '../../provider/oidc/access/proofs.ts'
import type { StepUp } from '../../provider/oidc/access/step-up.ts'
import type { LookUp } from '../../provider/oidc/accounts/account-checks.ts'
import { type Accounts, createAccounts, subOf } from '../../provider/oidc/accounts/accounts.ts'
import type { Interaction } from '../../provider/oidc/interaction.ts'
import { createOidc, type Oidc, type OidcParts } from '../../provider/oidc/provider.ts'
import { openRisk } from '../../provider/risk/open.ts'
import type { Risk } from '../../provider/risk/risk.ts'
import type { RiskSettings } from '../../provider/risk/settings.ts'
import type {
  AccountCheckSettings,
  LifetimeSettings,
  ResourceSettings,
} from '../../provider/settings.ts'
import { openSigninLog } from '../../provider/signin/open-signin-log.ts'
import { createPages } from '../../provider/signin/pages.ts'
import { openPasswordStep, patience } from '../../provider/signin/password/open-password-step.ts'
import { passwordForApps } from '../../provider/signin/password/password-for-apps.ts'
import type { AccessEntry } from '../../provider/signin-log/access-entry.ts'
import { recordAccess } from '../../provider/signin-log/signin-log.ts'
import type { Account } from '../../shared/account.ts'
import { type Clock, systemClock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import type { Store } from '../../shared/store.ts'
import { createMemoryStore } from '../../shared/store-memory.ts'
import { type BrowserPage, type BrowserSession, createBrowser } from './browser-session.ts'

/**
 * OpenID Connect by itself, listening on a free port: everything but the directory and the sign-in
 * pages. Whoever comes to sign in is let in by name, without a password.
 */
export interface OidcSystem extends AsyncDisposable {
  readonly issuer: string
  /** Where it listens. */
  readonly origin: string
  readonly oidc: Oidc
  readonly risk: Risk
  /** Sealed. */
  readonly store: Store
  readonly clientsDirectory: string
  readonly log: readonly LogLine[]
  /** @param headers of each request, as a proxy in between would set them */
  browser(headers?: Readonly<Record<string, string>>): BrowserSession
  /** What a client library needs to speak for this client. */
  discover(clientId: string, options?: DiscoverOptions): Promise<client.Configuration>
  /** Writes a client file; `client_id` is the file's name unless given. */
  writeClient(name: string, settings: object): Promise<void>
  removeClient(name: string): Promise<void>
}

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

interface DiscoverOptions {
  readonly metadata?: Partial<client.ClientMetadata>
  readonly authentication?: client.ClientAuth
}

export interface OidcSystemOptions {
  /** Which header of a proxy is believed; `x-forwarded-for` unless given. */
  readonly forwardedHeader?: ForwardedHeader
  readonly clients?: Readonly<Record<string, object>>
  readonly clock?: Clock
  /** Not sealed. In memory unless given. */
  readonly store?: Store
  /** For processes that share a store. */
  readonly dataKey?: Buffer
  readonly lifetimes?: Partial<LifetimeSettings>
  /** No account is looked up unless given. */
  readonly accountChecks?: AccountCheckSettings
  readonly lookUp?: LookUp
  readonly keyInterval?: number
  /** As if a reverse proxy with TLS were in front. */
  readonly issuer?: string
  /** Folder of policies of conditional access. */
  readonly policies?: string
  /** A password is all that can be shown unless given. */
  readonly stepUp?: StepUp
  /** Who says whether a password is right that an app was told; nobody is let in unless given. */
  readonly broker?: Pick<VerdictSource, 'verify'>
  /** Sign-in pages in place of those that let people in by name. */
  readonly signIn?: (given: SignInParts) => {
    readonly stepUp: Pick<OidcSystemOptions, 'stepUp'>
    readonly feature: (oidc: Oidc) => Feature
  }
  /** More pages, of what the rest is made of. */
  readonly features?: (parts: OidcSystemFeatureParts) => readonly Feature[]
  /** A module that adds to the measure of risk. */
  readonly risk?: RiskSettings
}

/** What sign-in pages share with the rest. */
export interface SignInParts {
  readonly store: Store
  readonly accounts: Accounts
  readonly policies: ConditionalAccess
  readonly clock: Clock
  readonly log: Logger
}

export interface OidcSystemFeatureParts extends SignInParts {
  readonly oidc: Oidc
  readonly risk: Risk
}

export const secret = 'a-secret-of-the-test-apps'
export const redirectUri = 'https://app.example.com/callback'

const offline = ['authorization_code', 'refresh_token']
const confidential = { client_secret_file: 'client.secret', redirect_uris: [redirectUri] }

/** `web` and `spa` are the organization's own; `partner` is not. */
export const clients: Readonly<Record<'web' | 'partner' | 'spa', object>> = {
  web: { ...confidential, first_party: true, grant_types: offline },
  partner: { ...confidential, client_name: 'Partner', grant_types: offline },
  spa: {
    first_party: true,
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://spa.example.com/'],
    grant_types: offline,
  },
}

export const resources: readonly ResourceSettings[] = [
  {
    identifier: 'https://api.example.com',
    name: 'Orders',
    scopes: ['orders.read', 'orders.write'],
  },
  { identifier: 'https://other.example.com', name: 'Other', scopes: ['other'] },
]

/** The people there are, by the name they sign in with. Each has the id `<name>-id`. */
export const people: Readonly<Record<string, Account>> = {
  alice: {
    id: 'alice-id',
    claims: {
      name: 'Alice Adams',
      preferred_username: 'alice',
      email: 'alice@corp.example',
      email_verified: true,
      groups: ['staff', 'admins'],
      iss: 'https://evil.example',
    },
  },
  bob: { id: 'bob-id', claims: { name: 'Bob Brown' } },
}

const lifetimes: LifetimeSettings = {
  session: 43_200,
  interaction: 1_800,
  accessToken: 900,
  idToken: 3_600,
  refreshToken: 604_800,
}

const nobodyAnswers: LookUp = async () => ({ name: 'unavailable', reason: 'noAgent' })

export async function startOidc(options: OidcSystemOptions = {}): Promise<OidcSystem> {
  const clock = options.clock ?? systemClock
  const log: LogLine[] = []
  const logger = pino(
    { level: 'debug' },
    { write: (line: string) => log.push(JSON.parse(line) as LogLine) },
  )
  const [server, folder] = await Promise.all([
    listen({ host: '127.0.0.1', port: 0 }),
    mkdtemp(join(tmpdir(), 'postern-oidc-')),
  ])
  const origin = `http://localhost:${server.address.port}`
  const issuer = options.issuer ?? origin
  const dataKey = options.dataKey ?? clock.randomBytes(32)
  const store = sealedStore(options.store ?? createMemoryStore(clock), dataKey, clock)
  const settings = {
    clientsDirectory: folder,
    resources,
    lifetimes: { ...lifetimes, ...options.lifetimes },
    accountChecks: { every: 0, goOnFor: 0, ...options.accountChecks },
  }
  const accounts = createAccounts({ store, lifetimes: settings.lifetimes, clock })
  const organization = { name: 'Corp' }
  const pages = createPages({ organization })
  const writeClient = async (name: string, file: object): Promise<void> => {
    await writeFile(join(folder, `${name}.yaml`), JSON.stringify({ client_id: name, ...file }))
  }

  await writeFile(join(folder, 'client.secret'), `${secret}\n`)
  for (const [name, file] of Object.entries(options.clients ?? clients)) {
    await writeClient(name, file)
  }
  const policies = await openPolicies(options, logger).catch(async (thrown: unknown) => {
    await stopServing(server, folder)
    throw thrown
  })
  const access = { policies, record: (entry: AccessEntry) => recordAccess(logger, entry) }
  const measuring = await openRisk(options.risk, {
    store,
    clock,
    log: logger,
    folder: '/',
    policies,
  })
  const { risk } = measuring
  const own = (options.signIn ?? byName)({ store, accounts, policies, clock, log: logger })
  const oidc = await createOidc({
    settings,
    issuer,
    folder: '/',
    rootSecret: dataKey,
    store,
    accounts,
    lookUp: nobodyAnswers,
    ...given(options),
    ...appPasswords(options, logger, risk),
    ...own.stepUp,
    access,
    risk,
    pages,
    clock,
    log: logger,
  }).catch(async (thrown: unknown) => {
    await stopServing(server, folder)
    throw thrown
  })
  const around = { oidc, store, accounts, policies, risk, clock, log: logger }
  const more = featuresOf(options, around)
  const features = [own.feature(oidc), ...more, oidc.feature]
  const trustedProxies = ['127.0.0.0/8', '::1']
  const from = { trustedProxies, forwardedHeader: options.forwardedHeader ?? 'x-forwarded-for' }
  server.serve(createApp({ features, issuer, organization, ...from, clock, log: logger }))

  return {
    issuer,
    origin,
    oidc,
    risk,
    store,
    clientsDirectory: folder,
    log,
    writeClient,
    removeClient: (name) => unlink(join(folder, `${name}.yaml`)),
    browser: (headers) => createBrowser(issuer, headers),
    discover: (clientId, { metadata = {}, authentication } = {}) =>
      client.discovery(
        new URL(issuer),
        clientId,
        { client_secret: secret, ...metadata },
        authentication,
        {
          execute: [client.allowInsecureRequests],
        },
      ),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([oidc.stop(), policies.stop(), measuring.stop()])
      await stopServing(server, folder)
    },
  }
}

function featuresOf(
  { features }: OidcSystemOptions,
  parts: OidcSystemFeatureParts,
): readonly Feature[] {
  return features?.(parts) ?? []
}

function given({
  keyInterval,
  lookUp,
  stepUp,
}: OidcSystemOptions): Pick<OidcSystemOptions, 'keyInterval' | 'lookUp' | 'stepUp'> {
  return {
    ...(keyInterval !== undefined && { keyInterval }),
    ...(lookUp && { lookUp }),
    ...(stepUp && { stepUp }),
  }
}

const realms = [{ name: 'corp', suffixes: ['corp.example'], default: true }]

function appPasswords(
  { broker }: OidcSystemOptions,
  log: Logger,
  risk: Risk,
): Pick<OidcParts, 'checkAppPassword'> {
  if (broker === undefined) return {}
  const checkPassword = openPasswordStep({
    broker,
    successes: { note: () => {} },
    risk,
    signinLog: openSigninLog({ log }),
  })
  return { checkAppPassword: passwordForApps({ checkPassword, realms, delay: patience }) }
}

async function openPolicies(
  { policies, clock = systemClock }: OidcSystemOptions,
  log: Logger,
): Promise<ConditionalAccess> {
  if (policies === undefined) return noPolicies
  const known = { realms, terms: [], strengths: [], hasBreakGlass: () => false }
  return openConditionalAccess(policies, { ...known, clock, log })
}

async function stopServing(server: Listening, folder: string): Promise<void> {
  await server.close()
  await rm(folder, { recursive: true })
}

const byName: NonNullable<OidcSystemOptions['signIn']> = () => ({ stepUp: {}, feature: signIn })

/** Sign-in without pages: JSON tells what is asked, and a POST answers it. */
function signIn({ interactions, ownSessions }: Oidc): Feature {
  return {
    mount: (router) => {
      router.get('/own-session', async (ctx) => {
        const session = await ownSessions.find(ctx)
        ctx.body = { accountId: session?.accountId }
      })
      router.post('/own-session/end-others/:sub', async (ctx) => {
        await ownSessions.endOthers(ctx, ctx.params['sub'] ?? '')
        ctx.body = 'done'
      })
      router.get('/interaction/:uid', async (ctx) => {
        ctx.body = await interactions.load(ctx)
      })
      router.post('/interaction/:uid/login/:name', async (ctx) => {
        const account = people[ctx.params['name'] ?? '']
        if (account === undefined) throw new Error('nobody of this name')
        const accountId = subOf('corp', account)
        await interactions.finishLogin(ctx, { accountId, account, amr: ['pwd'] })
      })
      router.post('/interaction/:uid/prove/:method', async (ctx) => {
        const method = ctx.params['method'] as ProofMethod
        await interactions.finishStepUp(ctx, [{ method, amr: amrOf[method] ?? [] }])
      })
      router.post('/interaction/:uid/consent', async (ctx) => {
        await interactions.finishConsent(ctx)
      })
      router.post('/interaction/:uid/refuse', async (ctx) => {
        await interactions.refuse(ctx, 'access_denied', 'the person said no')
      })
    },
  }
}

const amrOf: Partial<Record<ProofMethod, readonly string[]>> = { totp: ['otp'], passkey: ['hwk'] }

/** What the page asks, if it is one of the sign-in's. */
export function interactionOf(page: BrowserPage): Interaction | undefined {
  const isOne = !page.hasLeft && page.url.pathname.startsWith('/interaction/')
  return isOne && page.status === 200 ? (JSON.parse(page.text) as Interaction) : undefined
}

/** Answers one sign-in page. */
export function answer(
  browser: BrowserSession,
  page: BrowserPage,
  what: `login/${string}` | `prove/${ProofMethod}` | 'consent' | 'refuse',
): Promise<BrowserPage> {
  return browser.submit(`${page.url.pathname}/${what}`, {})
}

/** Opens an address and answers every sign-in page on the way, as this person, saying yes. */
export async function passThrough(
  browser: BrowserSession,
  url: URL | string,
  person = 'alice',
): Promise<BrowserPage> {
  let page = await browser.open(url)
  for (;;) {
    const asked = interactionOf(page)
    if (asked === undefined) return page
    page = await answer(browser, page, asked.prompt === 'login' ? `login/${person}` : 'consent')
  }
}

export interface AuthorizationRequest {
  readonly url: URL
  readonly checks: client.AuthorizationCodeGrantChecks & { pkceCodeVerifier: string }
}

/** An authorization request as the standard wants it; `parameters` add to it or replace. */
export async function authorizationRequest(
  config: client.Configuration,
  parameters: Record<string, string> = {},
): Promise<AuthorizationRequest> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expectedState = client.randomState()
  const expectedNonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce } }
}

export type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>

/** A whole sign-in, from the authorization request to the tokens. */
export async function signInTo(
  system: OidcSystem,
  config: client.Configuration,
  options: {
    readonly parameters?: Record<string, string>
    readonly tokenParameters?: Record<string, string>
    readonly browser?: BrowserSession
    readonly person?: string
    readonly DPoP?: client.DPoPHandle
  } = {},
): Promise<Tokens> {
  const { url, checks } = await authorizationRequest(config, options.parameters)
  const browser = options.browser ?? system.browser()
  const page = await passThrough(browser, url, options.person)
  const { DPoP } = options
  return client.authorizationCodeGrant(config, page.url, checks, options.tokenParameters ?? {}, {
    ...(DPoP !== undefined && { DPoP }),
  })
}

/** What a refused request says: the standard's error code. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (thrown) {
    const error = errorCode(thrown)
    if (error !== undefined) return error
    throw thrown
  }
  throw new Error('it was not refused')
}

// In the body, or in a `WWW-Authenticate` challenge (RFC 6750 section 3).
function errorCode(thrown: unknown): string | undefined {
  if (thrown instanceof client.WWWAuthenticateChallengeError) {
    return thrown.cause.find(({ parameters }) => parameters['error'])?.parameters['error']
  }
  const { error } = thrown as { error?: unknown }
  return typeof error === 'string' ? error : undefined
}
