import { expect } from 'chai'
import * as client from 'openid-client'
import {
  clients,
  type OidcSystem,
  refusal,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

describe('introspection', () => {
  let system: OidcSystem
  let web: client.Configuration
  let api: client.Configuration
  let spa: client.Configuration

  before(async () => {
    system = await startOidc({
      clients: { ...clients, api: { client_secret_file: 'client.secret', grant_types: [] } },
    })
    web = await system.discover('web')
    api = await system.discover('api')
    spa = await system.discover('spa', { authentication: client.None() })
  })
  after(() => system[Symbol.asyncDispose]())

  it('tells an API whose a token is and what it may do', async () => {
    const tokens = await signInTo(system, web, { parameters: { scope: 'openid email' } })

    const told = await client.tokenIntrospection(api, tokens.access_token)

    expect(told).to.include({
      active: true,
      sub: 'corp:alice-id',
      client_id: 'web',
      scope: 'openid email',
      token_type: 'Bearer',
      iss: system.issuer,
    })
    expect(Number(told.exp) - Number(told.iat)).to.equal(900)
  })

  it('says of a refresh token that was used that it is not active', async () => {
    const tokens = await signInTo(system, web)
    const used = String(tokens.refresh_token)
    expect(await client.tokenIntrospection(web, used)).to.include({ active: true })

    await client.refreshTokenGrant(web, used)

    expect(await client.tokenIntrospection(web, used)).to.deep.equal({ active: false })
  })

  it('says nothing of what is not a token', async () => {
    expect(await client.tokenIntrospection(api, 'made-up')).to.deep.equal({ active: false })
  })

  it("tells an app without a secret about its own tokens, and nothing of others'", async () => {
    const parameters = { redirect_uri: 'https://spa.example.com/' }
    const own = await signInTo(system, spa, { parameters })
    const others = await signInTo(system, web)

    expect(await client.tokenIntrospection(spa, own.access_token)).to.include({ active: true })
    expect(await client.tokenIntrospection(spa, others.access_token)).to.deep.equal({
      active: false,
    })
  })

  it('tells nobody without the right secret', async () => {
    const tokens = await signInTo(system, web)
    const wrong = await system.discover('api', {
      authentication: client.ClientSecretBasic('wrong'),
    })

    expect(await refusal(client.tokenIntrospection(wrong, tokens.access_token))).to.equal(
      'invalid_client',
    )
  })
})
