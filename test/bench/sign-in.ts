import { createHash, randomBytes } from 'node:crypto'
import { type Browser, openBrowser, type Page } from './browser.ts'

/** An app that people sign in to, and the provider they do it at. */
export interface App {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
}

export interface Person {
  readonly username: string
  readonly password: string
}

// Nobody listens there: the browser stops when it is sent to it, as the app's server would take over.
export const redirectUri = 'http://127.0.0.1:9/callback'
export const scope = 'openid profile email'

/** What the provider says of itself (OpenID Connect Discovery 1.0 section 4). */
export async function discover(
  issuer: string,
  client: { clientId: string; clientSecret: string },
): Promise<App> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`)
  if (!response.ok) throw new Error(`discovery: ${response.status}`)
  const said = (await response.json()) as Record<string, string>
  const authorizationEndpoint = said['authorization_endpoint'] ?? ''
  const tokenEndpoint = said['token_endpoint'] ?? ''
  return { issuer, authorizationEndpoint, tokenEndpoint, ...client }
}

/**
 * One sign-in as a person and an app do it: authorization request with PKCE (RFC 7636), every page
 * on the way, code, tokens. A browser of its own, which nobody has used before.
 * @returns how many requests it took
 * @throws if there are no tokens in the end
 */
export async function signIn(app: App, person: Person): Promise<number> {
  const browser = openBrowser(app.issuer)
  try {
    const verifier = randomBytes(32).toString('base64url')
    const code = await codeFor(app, person, { browser, verifier })
    await redeem(app, code, { browser, verifier })
    return browser.requests()
  } finally {
    browser.close()
  }
}

interface Under {
  readonly browser: Browser
  readonly verifier: string
}

const mostPages = 6

async function codeFor(app: App, person: Person, under: Under): Promise<string> {
  const { browser, verifier } = under
  const { username, password } = person
  const known = { username, login: username, password }
  const state = randomBytes(16).toString('base64url')
  const asked = new URLSearchParams({
    client_id: app.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  let page = await browser.open(`${app.authorizationEndpoint}?${asked.toString()}`)
  for (let pages = 0; pages < mostPages && isOurs(page, app); pages += 1) {
    page = await browser.submit(page, known)
  }
  const answer = page.url.searchParams
  const code = answer.get('code')
  if (isOurs(page, app) || code === null || answer.get('state') !== state) {
    throw new Error(`no code: ${page.status} ${page.url.href}\n${page.text}`)
  }
  return code
}

function isOurs(page: Page, app: App): boolean {
  if (page.status >= 400) throw new Error(`${page.status} at ${page.url.href}\n${page.text}`)
  return page.url.origin === app.issuer
}

async function redeem(app: App, code: string, { browser, verifier }: Under): Promise<void> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
  const credentials = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString('base64')
  const answer = await browser.post(app.tokenEndpoint, body.toString(), {
    authorization: `Basic ${credentials}`,
  })
  if (answer.status !== 200 || !answer.text.includes('"id_token"')) {
    throw new Error(`no tokens: ${answer.status} ${answer.text}`)
  }
}
