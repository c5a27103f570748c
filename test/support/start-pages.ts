import type { Context } from 'koa'
import { type DestinationStream, pino } from 'pino'
import type { Answer, Asked, AskedLookup } from '../../provider/broker/asked.ts'
import { createApp } from '../../provider/http/app.ts'
import type { ForwardedHeader } from '../../provider/http/client-address.ts'
import type { Feature } from '../../provider/http/feature.ts'
import { listen } from '../../provider/http/listen.ts'
import { type OpenedFactors, openSecondFactors } from '../../provider/mfa/open-second-factors.ts'
import { passkeySettings } from '../../provider/mfa/passkey-settings.ts'
import type { GuessingNotice, SecondFactors } from '../../provider/mfa/second-factors.ts'
import type { StepUp } from '../../provider/oidc/access/step-up.ts'
import type { OwnSession } from '../../provider/oidc/accounts/own-session.ts'
import type {
  Interaction,
  Interactions,
  NewProof,
  SignedIn,
} from '../../provider/oidc/interaction.ts'
import { bannedTerms } from '../../provider/passwords/banned.ts'
import { createNewPasswordRules } from '../../provider/passwords/passwords.ts'
import { openSigninLog } from '../../provider/signin/open-signin-log.ts'
import { openPasswordStep } from '../../provider/signin/password/open-password-step.ts'
import type { SamplePerson } from '../../provider/signin/sample-person.ts'
import { createSignin } from '../../provider/signin/signin.ts'
import { type Acceptances, createAcceptances } from '../../provider/terms/acceptances.ts'
import type { Terms } from '../../provider/terms/terms.ts'
import { systemClock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { Outcome } from '../../shared/outcome.ts'
import { createMemoryStore } from '../../shared/store-memory.ts'

/**
 * The real pages behind a real server, with stand-ins for the two neighbours that a page test wants
 * to play itself: the OpenID Connect library and the agents.
 */
export interface PageServer extends AsyncDisposable {
  readonly origin: string
  /** Begins a sign-in; gives its path. */
  begin(interaction?: Partial<Interaction>): string
  /** What the directory says from now on; a fault is thrown instead. */
  answer: Outcome | Fault
  /** What the agents were asked. */
  readonly asked: Asked[]
  /** Which accounts they were asked about without a password. */
  readonly sought: AskedLookup[]
  readonly factors: SecondFactors
  /** What whoever signs in next is to be told; once. */
  notice: GuessingNotice | undefined
  /** Who is signed in in this browser. */
  ownSession: OwnSession | undefined
  /** What happened to accounts and to this session beside sign-ins, in order. */
  readonly happened: string[]
  /** How sign-ins ended, in order. */
  readonly ended: Ending[]
  /** What has been logged, one object a line. */
  logged(): readonly Record<string, unknown>[]
  /** GET without following redirects, as a browser asks. */
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** POST of a form, as our own page sends it; redirects are not followed. */
  post(path: string, fields: FormFields, headers?: Record<string, string>): Promise<Response>
  /** Posts, and follows the redirect back to the page; gives its HTML. */
  submit(path: string, fields: FormFields): Promise<string>
}

export type FormFields = Readonly<Record<string, string>> | string

export type Ending =
  | { readonly uid: string; readonly signedIn: SignedIn }
  | { readonly uid: string; readonly proofs: readonly NewProof[] }
  | { readonly uid: string; readonly consent: true }
  | { readonly uid: string; readonly refused: string }

export interface PageServerOptions {
  readonly terms?: readonly Terms[]
  readonly features?: readonly Feature[]
  readonly issuer?: string
  /** The address that passkeys are for; there are none unless given. */
  readonly passkeysAt?: string
  readonly trustedProxies?: readonly string[]
  readonly forwardedHeader?: ForwardedHeader
  readonly organization?: { readonly name: string; readonly help?: string }
  readonly people?: readonly SamplePerson[]
  /** Where a finished sign-in leads. */
  readonly app?: string
  /** Of the refusal floor; none unless given. */
  readonly delay?: (milliseconds: number) => Promise<unknown>
}

const realms = [
  {
    name: 'corp',
    suffixes: ['corp.example'],
    default: false,
    changePasswords: false,
    passwordHelp: 'Call 4711 for a new one.',
  },
  { name: 'lab', suffixes: ['lab.example', 'test.example'], default: false, changePasswords: true },
]

const resources = [{ identifier: 'https://api.example', name: 'Reports', scopes: ['reports:read'] }]

export async function startPages(options: PageServerOptions = {}): Promise<PageServer> {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'debug' }, collect(lines))
  const server = await listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${server.address.port}`
  const { organization = { name: 'Corp' }, app = `${origin}/app` } = options
  const interactions = new Map<string, Interaction>()
  const asked: Asked[] = []
  const ended: Ending[] = []
  const happened: string[] = []

  const verify = async (question: Asked): Promise<Answer> => {
    asked.push(question)
    if (pages.answer instanceof Fault) throw pages.answer
    return { outcome: pages.answer, requestId: 'request-1', agent: 'agent-1', milliseconds: 3 }
  }
  const admit = async (sought: AskedLookup): Promise<Answer> => {
    pages.sought.push(sought)
    if (pages.answer instanceof Fault) throw pages.answer
    return { outcome: pages.answer, requestId: 'request-1', agent: 'agent-1', milliseconds: 3 }
  }
  const opened = factorsOf({ organization, issuer: options.passkeysAt }, log)
  const [broker, successes] = [{ verify, admit }, { note: () => {} }]
  const signinLog = openSigninLog({ log })
  const factors: SecondFactors = {
    ...opened.factors,
    takeNotice: async () => {
      const { notice } = pages
      pages.notice = undefined
      return notice
    },
  }
  const signin = createSignin({
    interactions: fakeInteractions(interactions, ended, app),
    accounts: {
      save: async (sub) => void happened.push(`saved ${sub}`),
      find: async () => ({ id: '42', claims: { preferred_username: 'alice@corp.example' } }),
      subOfName: async () => undefined,
    },
    ownSessions: {
      find: async () => pages.ownSession,
      endOthers: async (_ctx, sub) => void happened.push(`other sessions ended ${sub}`),
      renew: async (_ctx, amr) => void happened.push(`session renewed ${amr.join(' ')}`),
      signInUrl: (username = '') => `${origin}/sign-in?${username}`,
    },
    acceptances: acceptancesOf(options, log),
    ...opened,
    placeOf: () => ({}),
    factors,
    broker,
    successes,
    signinLog,
    checkPassword: openPasswordStep({
      broker,
      successes,
      signinLog,
      delay: options.delay ?? (async () => {}),
    }),
    log,
    organization,
    realms,
    newPasswords: createNewPasswordRules({ terms: bannedTerms(['password']), names: ['Example'] }),
    noticeDays: 7,
    clock: systemClock,
    resources,
    people: options.people ?? [],
  })
  const features = [signin, ...(options.features ?? [])]
  const { issuer = origin, trustedProxies = [], forwardedHeader = 'x-forwarded-for' } = options
  const from = { trustedProxies, forwardedHeader }
  server.serve(createApp({ features, issuer, organization, ...from, clock: systemClock, log }))

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(origin + path, { redirect: 'manual', headers: { accept: 'text/html', ...headers } })
  const post = (path: string, fields: FormFields, headers: Record<string, string> = {}) =>
    fetch(origin + path, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
    })

  const pages: PageServer = {
    origin,
    answer: { name: 'wrongPassword' },
    asked,
    sought: [],
    notice: undefined,
    factors,
    ended,
    ownSession: undefined,
    happened,
    logged: () => lines,
    begin: (interaction = {}) => {
      const uid = `sign-in-${interactions.size + 1}`
      const begun = { ...ordinary, uid, returnSources: [new URL(app).origin], ...interaction }
      interactions.set(begun.uid, begun)
      return `/interaction/${begun.uid}`
    },
    get,
    post,
    submit: async (path, fields) => {
      const answer = await post(path, fields)
      const location = answer.headers.get('location')
      if (answer.status !== 303 || location === null)
        throw new Error(`no redirect: ${answer.status}`)
      return (await get(location)).text()
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
  return pages
}

const ordinary: Omit<Interaction, 'uid' | 'returnSources'> = {
  prompt: 'login',
  client: { id: 'demo-app', name: 'Demo app', firstParty: true },
  missingScopes: [],
  missingResourceScopes: {},
}

function acceptancesOf({ terms = [] }: PageServerOptions, log: Logger): Acceptances {
  const clock = systemClock
  return createAcceptances({ terms, store: createMemoryStore(clock), clock, log })
}

/** A passkey is for a host with a name, and the pages are at an address. */
function factorsOf(
  {
    organization,
    issuer = 'http://127.0.0.1',
  }: { organization: { readonly name: string }; issuer: string | undefined },
  log: Logger,
): OpenedFactors & { readonly stepUp: Pick<StepUp, 'met'> } {
  const passkeys = passkeySettings.parse({})
  const settings = { organization, passkeys, authenticationStrengths: [] }
  const clock = systemClock
  const store = createMemoryStore(clock)
  const secret = clock.randomBytes(32)
  const kept = { store, secrets: () => [secret] as const, endedAt: async () => 0 }
  const opened = openSecondFactors(settings, { ...kept, issuer, clock, log })
  return { ...opened, stepUp: { met: () => opened.strengths.met(['password', 'totp']) } }
}

function fakeInteractions(
  interactions: Map<string, Interaction>,
  ended: Ending[],
  app: string,
): Interactions {
  const uidOf = (ctx: Context) => (ctx['params'] as { uid: string }).uid
  const load = async (ctx: Context): Promise<Interaction> => {
    const found = interactions.get(uidOf(ctx))
    if (found === undefined) throw new Fault('signInExpired', 'no such interaction')
    return found
  }
  const leave = async (ctx: Context, ending: Ending) => {
    const { kept: _, ...left } = await load(ctx)
    interactions.set(ending.uid, left)
    ended.push(ending)
    ctx.redirect(app)
    ctx.status = 303
  }
  return {
    load,
    keep: async (ctx, kept) => {
      interactions.set(uidOf(ctx), { ...(await load(ctx)), kept })
    },
    finishLogin: async (ctx, signedIn) => leave(ctx, { uid: uidOf(ctx), signedIn }),
    foresee: async () => () => [],
    mayRegister: async () => true,
    finishStepUp: async (ctx, proofs) => leave(ctx, { uid: uidOf(ctx), proofs }),
    finishConsent: async (ctx) => leave(ctx, { uid: uidOf(ctx), consent: true }),
    refuse: async (ctx, error) => leave(ctx, { uid: uidOf(ctx), refused: error }),
  }
}

function collect(lines: Record<string, unknown>[]): DestinationStream {
  return { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) }
}
