import type { webcrypto } from 'node:crypto'
import { expect } from 'chai'
import * as client from 'openid-client'
import { type OidcSystem, refusal, secret, startOidc } from '../../support/oidc-system.ts'

describe('client credentials', () => {
  let system: OidcSystem

  let signingKey: webcrypto.CryptoKey

  before(async () => {
    const pair = await client.randomDPoPKeyPair('ES256', { extractable: true })
    signingKey = pair.privateKey
    const publicKey = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const api = { identifier: 'https://api.example.com', scopes: ['orders.read'] }
    const machine = {
      client_secret_file: 'client.secret',
      grant_types: ['client_credentials'],
      resources: [api],
    }
    system = await startOidc({
      clients: {
        machine,
        posting: { ...machine, token_endpoint_auth_method: 'client_secret_post' },
        signing: {
          grant_types: ['client_credentials'],
          resources: [api],
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [{ ...publicKey, use: 'sig', alg: 'ES256' }] },
        },
        settled: { ...machine, resources: [{ ...api, default: true }] },
      },
    })
  })
  after(() => system[Symbol.asyncDispose]())

  const resource = 'https://api.example.com'

  it('give a machine a token for an API, with the scopes it may have', async () => {
    const machine = await system.discover('machine', { authentication: client.ClientSecretBasic() })

    const tokens = await client.clientCredentialsGrant(machine, {
      resource,
      scope: 'orders.read orders.write',
    })

    expect(tokens).to.include({ scope: 'orders.read', expires_in: 900 })
    expect(tokens).to.not.have.any.keys('refresh_token', 'id_token')
  })

  it('take the secret in the body from an app that is registered so', async () => {
    const posting = await system.discover('posting', {
      authentication: client.ClientSecretPost(secret),
    })

    const tokens = await client.clientCredentialsGrant(posting, { resource })

    expect(tokens.access_token).to.be.a('string')
  })

  it('take a proof by key instead of a secret', async () => {
    const authentication = client.PrivateKeyJwt(signingKey)
    const signing = await system.discover('signing', { authentication })
    const other = await client.randomDPoPKeyPair('ES256')
    const wrong = await system.discover('signing', {
      authentication: client.PrivateKeyJwt(other.privateKey),
    })

    expect((await client.clientCredentialsGrant(signing, { resource })).access_token).to.be.a(
      'string',
    )
    expect(await refusal(client.clientCredentialsGrant(wrong, { resource }))).to.equal(
      'invalid_client',
    )
  })

  it('are for the default API if the machine names none', async () => {
    const settled = await system.discover('settled')

    const { access_token } = await client.clientCredentialsGrant(settled, { scope: 'orders.read' })

    expect(access_token.split('.')).to.have.length(3)
  })

  it('give nothing for a wrong secret', async () => {
    const wrong = client.ClientSecretBasic('not-the-secret')
    const machine = await system.discover('machine', { authentication: wrong })

    expect(await refusal(client.clientCredentialsGrant(machine, { resource }))).to.equal(
      'invalid_client',
    )
  })

  it('give nothing for an API that the client file does not name', async () => {
    const machine = await system.discover('machine')
    const other = client.clientCredentialsGrant(machine, { resource: 'https://other.example.com' })

    expect(await refusal(other)).to.equal('invalid_target')
  })

  it('let no machine make up a scope', async () => {
    const machine = await system.discover('machine')

    const { access_token } = await client.clientCredentialsGrant(machine, { scope: 'admin' })

    const told = await client.tokenIntrospection(machine, access_token)
    expect(told).to.include({ active: true, client_id: 'machine' }).and.not.have.property('scope')
  })
})
