import type { Configuration, IDToken, TokenEndpointResponse } from 'openid-client'
import type { Way } from './ways.ts'

/**
 * The demo app as an app sees Postern: nothing but OpenID Connect, by a certified library
 * (openid-client). It is loaded when somebody first opens the demo, since local mode starts faster
 * without it.
 */
export interface RelyingParty {
  /** Where to send the browser, and what to remember until it is back. */
  start(way: Way): Promise<{ readonly url: URL; readonly pending: Pending }>
  /** @param url the address that the browser came back to */
  finish(url: URL, pending: Pending): Promise<SignedIn>
  refresh(signedIn: SignedIn): Promise<SignedIn>
  /** RP-Initiated Logout 1.0 section 2 */
  signOutUrl(signedIn: SignedIn): Promise<URL>
}

/** What the demo app was told when it was registered with the provider. */
export interface DemoClient {
  readonly clientId: string
  readonly clientSecret?: string
}

export interface Pending {
  readonly way: Way
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

export interface SignedIn {
  readonly way: Way
  readonly idToken: string
  readonly claims: IDToken
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly expiresIn: number | undefined
  readonly scope: string | undefined
  /** None if the access token is for another API than the provider's own. */
  readonly userinfo: Readonly<Record<string, unknown>> | undefined
}

type Tokens = TokenEndpointResponse & { claims(): IDToken | undefined }
type Library = typeof import('openid-client')

/** The library, and what it knows of the provider on behalf of one client. */
interface Registered {
  readonly client: Library
  readonly config: Configuration
}

export function createRelyingParty(issuer: string, clients: readonly DemoClient[]): RelyingParty {
  const registered = discoverOnce(issuer, clients)
  return {
    start: async (way) => {
      const { client, config } = await registered(way)
      const codeVerifier = client.randomPKCECodeVerifier()
      const pending = {
        way,
        codeVerifier,
        state: client.randomState(),
        nonce: client.randomNonce(),
      }
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: `${issuer}/demo/callback`,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        ...way.parameters,
      })
      return { url, pending }
    },
    finish: async (url, { way, codeVerifier, state, nonce }) => {
      const { client, config } = await registered(way)
      const checks = {
        pkceCodeVerifier: codeVerifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      }
      const tokens = await client.authorizationCodeGrant(config, url, checks, forApi(way))
      return received({ client, config }, way, tokens)
    },
    refresh: async (signedIn) => {
      const { way, refreshToken = '' } = signedIn
      const { client, config } = await registered(way)
      const tokens = await client.refreshTokenGrant(config, refreshToken, forApi(way))
      // OpenID Connect Core 1.0 section 12.2: the ID token may be left out at a refresh.
      return received({ client, config }, way, tokens, signedIn)
    },
    signOutUrl: async ({ way, idToken }) => {
      const { client, config } = await registered(way)
      return client.buildEndSessionUrl(config, {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${issuer}/demo`,
      })
    },
  }
}

function discoverOnce(
  issuer: string,
  clients: readonly DemoClient[],
): (way: Way) => Promise<Registered> {
  const known = new Map<string, Promise<Registered>>()
  return ({ clientId }) => {
    const before = known.get(clientId)
    if (before) return before
    const secret = clients.find((each) => each.clientId === clientId)?.clientSecret ?? ''
    const found = discover(issuer, clientId, secret)
    known.set(clientId, found)
    // A provider that could not be reached once may be there at the next try.
    found.catch(() => known.delete(clientId))
    return found
  }
}

async function discover(issuer: string, clientId: string, secret: string): Promise<Registered> {
  const client = await import('openid-client')
  // Local mode's issuer is http on a loopback address, where nobody else can listen.
  const execute = issuer.startsWith('http:') ? [client.allowInsecureRequests] : []
  const authentication = client.ClientSecretBasic(secret)
  const server = new URL(issuer)
  return {
    client,
    config: await client.discovery(server, clientId, undefined, authentication, { execute }),
  }
}

function forApi({ parameters }: Way): Record<string, string> {
  return parameters['resource'] === undefined ? {} : { resource: parameters['resource'] }
}

async function received(
  { client, config }: Registered,
  way: Way,
  tokens: Tokens,
  before?: Pick<SignedIn, 'idToken' | 'claims'>,
): Promise<SignedIn> {
  const claims = tokens.claims() ?? before?.claims
  const idToken = tokens.id_token ?? before?.idToken
  if (claims === undefined || idToken === undefined) throw new Error('no ID token came back')
  const { access_token: accessToken, refresh_token: refreshToken, scope } = tokens
  const isForApi = way.parameters['resource'] !== undefined
  const userinfo = isForApi
    ? undefined
    : await client.fetchUserInfo(config, accessToken, claims.sub)
  const expiresIn = tokens.expires_in
  return { way, idToken, claims, accessToken, refreshToken, expiresIn, scope, userinfo }
}
