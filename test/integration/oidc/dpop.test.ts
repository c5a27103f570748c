import { createHash, type webcrypto } from 'node:crypto'
import { expect } from 'chai'
import * as client from 'openid-client'
import { systemClock } from '../../../shared/clock.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { type MeetingStore, meetingStore } from '../../support/meeting-store.ts'
import {
  clients,
  type OidcSystem,
  refusal,
  secret,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

describe('DPoP', () => {
  let store: MeetingStore
  let system: OidcSystem
  let config: client.Configuration
  let keys: webcrypto.CryptoKeyPair

  before(async () => {
    store = meetingStore(createMemoryStore(systemClock))
    const machine = { client_secret_file: 'client.secret', grant_types: ['client_credentials'] }
    system = await startOidc({
      store,
      clients: {
        ...clients,
        web: { ...clients.web, dpop_bound_access_tokens: true },
        machine,
      },
    })
    config = await system.discover('web')
    keys = await client.randomDPoPKeyPair('ES256', { extractable: true })
  })
  after(() => system[Symbol.asyncDispose]())

  it('binds tokens to the key of the app', async () => {
    const DPoP = client.getDPoPHandle(config, keys)
    const tokens = await signInTo(system, config, { DPoP })
    expect(tokens.token_type).to.equal('dpop')

    const person = await client.fetchUserInfo(config, tokens.access_token, 'corp:alice-id', {
      DPoP,
    })
    expect(person.sub).to.equal('corp:alice-id')
    const told = await client.tokenIntrospection(config, tokens.access_token)
    expect(told.cnf).to.deep.equal({ jkt: await thumbprint(keys.publicKey) })
  })

  it('leaves a thief of tokens with nothing', async () => {
    const spa = await system.discover('spa', { authentication: client.None() })
    const parameters = { redirect_uri: 'https://spa.example.com/' }
    const tokens = await signInTo(system, spa, {
      parameters,
      DPoP: client.getDPoPHandle(spa, keys),
    })
    const thief = { DPoP: client.getDPoPHandle(spa, await client.randomDPoPKeyPair()) }
    const userInfo = (options?: { DPoP: client.DPoPHandle }) =>
      client.fetchUserInfo(spa, tokens.access_token, 'corp:alice-id', options)

    expect(await refusal(userInfo(thief))).to.equal('invalid_token')
    expect(await refusal(userInfo())).to.equal('invalid_token')
    const refresh = client.refreshTokenGrant(spa, String(tokens.refresh_token), {}, thief)
    expect(await refusal(refresh)).to.equal('invalid_grant')
  })

  it('is needed by an app that is registered so', async () => {
    expect(await refusal(signInTo(system, config))).to.equal('invalid_grant')
  })

  it('needs a nonce of ours, so that no proof can be made in advance', async () => {
    const first = await token(await proof(keys))
    expect(await first.json()).to.include({ error: 'use_dpop_nonce' })
    const nonce = String(first.headers.get('dpop-nonce'))
    expect((await token(await proof(keys, { nonce: 'of-somebody-else' }))).status).to.equal(400)

    expect((await token(await proof(keys, { nonce }))).status).to.equal(200)
  })

  it('takes a proof once, also when it comes twice at the same moment', async () => {
    const nonce = String((await token(await proof(keys))).headers.get('dpop-nonce'))
    const same = await proof(keys, { nonce })

    store.meetAtClaim(2)
    const answers = await Promise.all([token(same), token(same)])

    expect(answers.map(({ status }) => status)).to.have.members([200, 400])
    expect((await token(same)).status).to.equal(400)
  })

  function token(dpop: string): Promise<Response> {
    const basic = Buffer.from(`machine:${secret}`).toString('base64')
    return fetch(`${system.issuer}/token`, {
      method: 'POST',
      headers: { dpop, authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
  }

  async function proof(pair: webcrypto.CryptoKeyPair, more = {}): Promise<string> {
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }
    const iat = Math.floor(systemClock.now() / 1000)
    const jti = systemClock.randomBytes(16).toString('hex')
    const payload = { iat, jti, htm: 'POST', htu: `${system.issuer}/token`, ...more }
    const signed = [header, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    const signature = await crypto.subtle.sign(algorithm, pair.privateKey, Buffer.from(signed))
    return `${signed}.${Buffer.from(signature).toString('base64url')}`
  }
})

async function thumbprint(key: webcrypto.CryptoKey): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', key)
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}
