import { createPublicKey, verify } from 'node:crypto'
import { expect } from 'chai'
import * as client from 'openid-client'
import {
  authorizationRequest,
  clients,
  type OidcSystem,
  passThrough,
  refusal,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

const api = 'https://api.example.com'
const other = 'https://other.example.com'

describe('access tokens for an API', () => {
  let system: OidcSystem
  let web: client.Configuration

  before(async () => {
    system = await startOidc({
      clients: {
        ...clients,
        web: {
          ...clients.web,
          resources: [{ identifier: api, scopes: ['orders.read'] }, { identifier: other }],
        },
      },
    })
    web = await system.discover('web')
  })
  after(() => system[Symbol.asyncDispose]())

  const parameters = { scope: 'openid orders.read orders.write', resource: api }

  it('are JWTs that the API can check by itself', async () => {
    const tokens = await signInTo(system, web, { parameters, tokenParameters: { resource: api } })

    const { header, payload } = await verified(web, tokens.access_token)
    expect(header).to.include({ typ: 'at+jwt', alg: 'RS256' })
    expect(payload).to.include({
      iss: system.issuer,
      aud: api,
      sub: 'corp:alice-id',
      client_id: 'web',
      scope: 'orders.read',
    })
    expect(Number(payload['exp']) - Number(payload['iat'])).to.equal(900)
  })

  it('are of no use at the userinfo endpoint, for which there is another', async () => {
    const forApi = await signInTo(system, web, { parameters, tokenParameters: { resource: api } })
    const forUs = await signInTo(system, web, { parameters })

    const wrong = client.fetchUserInfo(web, forApi.access_token, 'corp:alice-id')
    expect(await refusal(wrong)).to.equal('invalid_token')
    expect(await client.fetchUserInfo(web, forUs.access_token, 'corp:alice-id')).to.include({
      sub: 'corp:alice-id',
    })
  })

  it('can be had for each of several APIs by one refresh token', async () => {
    const config = await system.discover('web')
    const { url, checks } = await authorizationRequest(config, {
      scope: 'openid orders.read other',
      resource: api,
    })
    url.searchParams.append('resource', other)
    const page = await passThrough(system.browser(), url)
    const first = await client.authorizationCodeGrant(config, page.url, checks, { resource: api })
    const second = await client.refreshTokenGrant(config, String(first.refresh_token), {
      resource: other,
    })

    expect((await verified(config, first.access_token)).payload).to.include({
      aud: api,
      scope: 'orders.read',
    })
    expect((await verified(config, second.access_token)).payload).to.include({
      aud: other,
      scope: 'other',
    })
  })

  it('are not for APIs that the app was not asking for when the person agreed', async () => {
    const tokens = signInTo(system, web, { parameters, tokenParameters: { resource: other } })

    expect(await refusal(tokens)).to.equal('invalid_target')
  })

  it('are not for APIs that nobody knows, or that are not for this app', async () => {
    for (const resource of ['https://unknown.example.com', 'not a uri', `${api}#fragment`]) {
      const { url } = await authorizationRequest(web, { resource })
      const page = await system.browser().open(url)

      expect(page.url.searchParams.get('error'), resource).to.equal('invalid_target')
    }
    const partner = await system.discover('partner')
    const { url } = await authorizationRequest(partner, { resource: api })
    const page = await system.browser().open(url)
    expect(page.url.searchParams.get('error')).to.equal('invalid_target')
  })
})

/** What an API does: looks the key up in the published set and checks the signature. */
async function verified(
  config: client.Configuration,
  jwt: string,
): Promise<{ header: Record<string, unknown>; payload: Record<string, unknown> }> {
  const response = await fetch(String(config.serverMetadata().jwks_uri))
  const { keys } = (await response.json()) as { keys: { kid: string }[] }
  const [head = '', body = '', signature = ''] = jwt.split('.')
  const header = decoded(head)
  const jwk = keys.find(({ kid }) => kid === header['kid'])
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const signed = Buffer.from(`${head}.${body}`)
  expect(verify('sha256', signed, key, Buffer.from(signature, 'base64url'))).to.equal(true)
  return { header, payload: decoded(body) }
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
}
