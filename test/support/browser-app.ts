import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as client from 'openid-client'
import type { Page } from 'playwright-core'
import { clientSecret } from './start-system.ts'

/** An app of a running system, in a real browser. */
export interface BrowserApp extends AsyncDisposable {
  /** Sends the page to the provider, and gives what it asks for. */
  begin(page: Page, parameters?: Record<string, string>): Promise<Begun>
  /** Waits until the browser is back at the app, and gives what the ID token says. */
  finish(page: Page, begun: Begun): Promise<client.IDToken>
  /** Or the error that it comes back with. */
  refusal(page: Page): Promise<string | null>
}

export interface Begun {
  readonly pkceCodeVerifier: string
}

export async function startBrowserApp(issuer: string, clientId: string): Promise<BrowserApp> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<link rel="icon" href="data:,">')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const redirect_uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  const execute = [client.allowInsecureRequests]
  const config = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    execute,
  })
  const back = async (page: Page): Promise<URL> => {
    await page.waitForURL((url) => url.href.startsWith(redirect_uri))
    return new URL(page.url())
  }
  return {
    begin: async (page, parameters = {}) => {
      const pkceCodeVerifier = client.randomPKCECodeVerifier()
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri,
        scope: 'openid',
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        ...parameters,
      })
      await page.goto(url.href)
      return { pkceCodeVerifier }
    },
    finish: async (page, { pkceCodeVerifier }) => {
      const tokens = await client.authorizationCodeGrant(config, await back(page), {
        pkceCodeVerifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('no ID token')
      return claims
    },
    refusal: async (page) => (await back(page)).searchParams.get('error'),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
