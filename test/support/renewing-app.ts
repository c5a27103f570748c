import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import * as client from 'openid-client'
import { stringify } from 'yaml'
import { type BrowserPage, type BrowserSession, createBrowser } from './browser-session.ts'
import { eventually } from './eventually.ts'
import { answerSignIn } from './local-mode.ts'
import type { Tokens } from './oidc-system.ts'
import { clientSecret, type System } from './start-system.ts'

/** An app of a running system that renews its tokens, and finds out when it no longer can. */
export interface RenewingApp {
  readonly config: client.Configuration
  /** A browser of its own unless given. */
  signIn(person: Person, browser?: BrowserSession): Promise<Tokens>
  refresh(tokens: Tokens): Promise<Tokens>
  /** The same at another process, whose answer may be none of the standard's. */
  refreshAt(origin: string, tokens: Tokens): Promise<{ status: number; tokens: Tokens }>
  /** Refreshes until the directory has been asked once more; the newest tokens, or the error. */
  untilAsked(tokens: Tokens): Promise<Asked>
  /** Where an app's request takes this browser. */
  open(browser: BrowserSession): Promise<BrowserPage>
}

export interface Person {
  readonly username: string
  readonly password: string
  /** For the page that asks for one. */
  readonly newPassword?: string
}

export interface Asked {
  readonly newest: Tokens
  readonly error?: string
}

const clientId = 'renewing-app'
const redirect_uri = 'http://127.0.0.1:9/callback'

/** @param logoutUri where it wants to hear of ended sessions */
export async function startRenewingApp(system: System, logoutUri?: string): Promise<RenewingApp> {
  await writeApp(system, logoutUri)
  const execute = [client.allowInsecureRequests]
  const issuer = new URL(system.issuer)
  const config = await client.discovery(issuer, clientId, clientSecret, undefined, { execute })
  const lookups = () => system.logged().split('an account was looked up').length

  async function request() {
    const pkceCodeVerifier = client.randomPKCECodeVerifier()
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri,
      scope: 'openid profile groups phone',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    return { url, pkceCodeVerifier }
  }
  const refresh = (tokens: Tokens): Promise<Tokens> =>
    client.refreshTokenGrant(config, String(tokens.refresh_token))

  return {
    config,
    refresh,
    refreshAt,
    open: async (browser) => browser.open((await request()).url),
    signIn: async (person, browser = createBrowser(issuer.origin)) => {
      const { url, pkceCodeVerifier } = await request()
      const asked = await answerSignIn(browser, await browser.open(url), person)
      const page = await changeIfAsked(browser, asked, person)
      expect(page.hasLeft, page.text).to.equal(true)
      return client.authorizationCodeGrant(config, page.url, { pkceCodeVerifier })
    },
    untilAsked: async (tokens) => {
      const before = lookups()
      let asked: Asked = { newest: tokens }
      await eventually(async () => {
        asked = await refresh(asked.newest)
          .then((newest) => ({ newest }))
          .catch((thrown: { error: string }) => ({ ...asked, error: thrown.error }))
        return asked.error !== undefined || lookups() > before
      })
      return asked
    },
  }
}

async function changeIfAsked(
  browser: BrowserSession,
  page: BrowserPage,
  { username, password, newPassword = '' }: Person,
): Promise<BrowserPage> {
  const action = /action="([^"]+\/new-password)"/.exec(page.text)?.[1]
  if (page.hasLeft || action === undefined) return page
  const again = { 'new-password': newPassword, 'new-password-again': newPassword }
  return browser.submit(action, { username, password, ...again })
}

async function refreshAt(origin: string, { refresh_token }: Tokens) {
  const answer = await fetch(`${origin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: String(refresh_token),
    }),
  })
  return { status: answer.status, tokens: (await answer.json()) as Tokens }
}

async function writeApp({ folder, provider }: System, logoutUri?: string): Promise<void> {
  const settings = {
    client_id: clientId,
    client_name: 'Renewing app',
    first_party: true,
    client_secret_file: '../client.secret',
    grant_types: ['authorization_code', 'refresh_token'],
    loopback_redirects: true,
    ...(logoutUri !== undefined && {
      backchannel_logout_uri: logoutUri,
      backchannel_logout_session_required: true,
    }),
  }
  await writeFile(join(folder, 'clients', `${clientId}.yaml`), stringify(settings))
  await provider.says(`${clientId} added`)
}
