import * as client from 'openid-client'
import { type BrowserPage, createBrowser } from './browser-session.ts'

/** An app by a certified client library, and a person in front of it with a browser of their own. */
export interface RelyingParty {
  /**
   * From the app to the provider, through its pages and back, as far as it goes.
   * @param newPassword what to type if a new one is asked for
   */
  signIn(username: string, password: string, newPassword?: string): Promise<SignInResult>
}

export type SignInResult =
  | {
      readonly kind: 'tokens'
      readonly tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers
      readonly userinfo: client.UserInfoResponse
    }
  | {
      readonly kind: 'page'
      readonly status: number
      readonly text: string
      readonly reference: string | undefined
    }

const redirectUri = 'http://127.0.0.1:9/callback'

export async function createRelyingParty(
  issuer: string,
  app: { clientId: string; clientSecret: string },
): Promise<RelyingParty> {
  const config = await client.discovery(
    new URL(issuer),
    app.clientId,
    app.clientSecret,
    undefined,
    { execute: [client.allowInsecureRequests] },
  )

  async function redeem(callback: URL, pkceCodeVerifier: string, expectedNonce: string) {
    const tokens = await client.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier,
      expectedNonce,
    })
    const subject = tokens.claims()?.sub ?? ''
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, subject)
    return { kind: 'tokens', tokens, userinfo } as const
  }

  return {
    signIn: async (username, password, newPassword) => {
      const verifier = client.randomPKCECodeVerifier()
      const nonce = client.randomNonce()
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile email groups',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        nonce,
      })
      const browser = createBrowser(new URL(issuer).origin)
      let page = await browser.open(url)
      for (const [step, fields] of Object.entries({
        username: { username },
        password: { username, password },
        ...(newPassword !== undefined && {
          'new-password': {
            username,
            password,
            'new-password': newPassword,
            'new-password-again': newPassword,
          },
        }),
      })) {
        const action = new RegExp(`action="([^"]+/${step})"`).exec(page.text)?.[1]
        if (page.hasLeft || action === undefined) break
        page = await browser.submit(action, fields)
      }
      return page.hasLeft ? redeem(page.url, verifier, nonce) : shown(page)
    },
  }
}

function shown({ status, text }: BrowserPage): SignInResult {
  const reference = /Reference\s*<strong>([^<]+)<\/strong>/.exec(text)?.[1]
  return { kind: 'page', status, text, reference }
}
