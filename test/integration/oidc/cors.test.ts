import { expect } from 'chai'
import * as client from 'openid-client'
import { clients, type OidcSystem, signInTo, startOidc } from '../../support/oidc-system.ts'

describe('cross-origin requests', () => {
  let system: OidcSystem
  const own = 'https://spa.example.com'
  const other = 'https://evil.example'

  before(async () => {
    system = await startOidc({
      clients: {
        ...clients,
        dev: { token_endpoint_auth_method: 'none', first_party: true, loopback_redirects: true },
      },
    })
  })
  after(() => system[Symbol.asyncDispose]())

  const allowed = async (path: string, origin: string, init: RequestInit = {}) => {
    const response = await fetch(new URL(path, system.issuer), {
      ...init,
      headers: { origin, ...(init.headers as Record<string, string>) },
    })
    await response.arrayBuffer()
    return response.headers.get('access-control-allow-origin')
  }
  const tokenRequest = (clientId: string): RequestInit => ({
    method: 'POST',
    body: new URLSearchParams({
      client_id: clientId,
      grant_type: 'authorization_code',
      code: 'made-up',
      redirect_uri: 'https://spa.example.com/',
    }),
  })

  it('may read what is public, from anywhere', async () => {
    expect(await allowed('/.well-known/openid-configuration', other)).to.equal(other)
    expect(await allowed('/jwks', other)).to.equal(other)
  })

  it('may redeem codes from the pages of an app without a secret', async () => {
    expect(await allowed('/token', own, tokenRequest('spa'))).to.equal(own)
    expect(await allowed('/token', other, tokenRequest('spa'))).to.equal(null)
    expect(await allowed('/token', 'null', tokenRequest('spa'))).to.equal(null)
  })

  it('may redeem codes from any page of this machine for an app in development', async () => {
    const local = 'http://localhost:5173'
    expect(await allowed('/token', local, tokenRequest('dev'))).to.equal(local)
    expect(await allowed('/token', other, tokenRequest('dev'))).to.equal(null)
    expect(await allowed('/token', local, tokenRequest('spa'))).to.equal(null)
  })

  it('may not use the secret of an app that has one', async () => {
    const basic = Buffer.from('web:a-secret-of-the-test-apps').toString('base64')
    const request = { ...tokenRequest('web'), headers: { authorization: `Basic ${basic}` } }

    expect(await allowed('/token', 'https://app.example.com', request)).to.equal(null)
  })

  it('may ask about the person from the pages of the app that has the token', async () => {
    const spa = await system.discover('spa', { authentication: client.None() })
    const parameters = { redirect_uri: 'https://spa.example.com/' }
    const tokens = await signInTo(system, spa, { parameters })
    const headers = { authorization: `Bearer ${tokens.access_token}` }

    expect(await allowed('/userinfo', own, { headers })).to.equal(own)
    expect(await allowed('/userinfo', other, { headers })).to.equal(null)
  })

  it('may send what they ask leave for', async () => {
    const preflight = await fetch(`${system.issuer}/token`, {
      method: 'OPTIONS',
      headers: {
        origin: own,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'dpop',
      },
    })

    expect(preflight.status).to.equal(204)
    expect(preflight.headers.get('access-control-allow-headers')).to.equal('dpop')
    expect(preflight.headers.get('access-control-allow-credentials')).to.equal(null)
  })
})
