import { expect } from 'chai'
import * as client from 'openid-client'
import { type OidcSystem, refusal, signInTo, startOidc } from '../../support/oidc-system.ts'

describe('revocation', () => {
  let system: OidcSystem
  let web: client.Configuration

  before(async () => {
    system = await startOidc()
    web = await system.discover('web')
  })
  after(() => system[Symbol.asyncDispose]())

  for (const which of ['access_token', 'refresh_token'] as const) {
    it(`of the ${which} ends all that the sign-in gave`, async () => {
      const tokens = await signInTo(system, web)

      await client.tokenRevocation(web, String(tokens[which]))

      const userInfo = client.fetchUserInfo(web, tokens.access_token, 'corp:alice-id')
      expect(await refusal(userInfo)).to.equal('invalid_token')
      const refresh = client.refreshTokenGrant(web, String(tokens.refresh_token))
      expect(await refusal(refresh)).to.equal('invalid_grant')
      expect(await client.tokenIntrospection(web, tokens.access_token)).to.deep.equal({
        active: false,
      })
    })
  }

  it('leaves the session, so that the person can go on at once', async () => {
    const browser = system.browser()
    const first = await signInTo(system, web, { browser })
    await client.tokenRevocation(web, first.access_token)

    const second = await signInTo(system, web, { browser, person: 'nobody-may-be-asked' })

    expect(await client.fetchUserInfo(web, second.access_token, 'corp:alice-id')).to.include({
      sub: 'corp:alice-id',
    })
  })

  it("is not for another app's tokens", async () => {
    const tokens = await signInTo(system, web)
    const partner = await system.discover('partner')

    expect(await refusal(client.tokenRevocation(partner, tokens.access_token))).to.equal(
      'invalid_request',
    )
    const person = await client.fetchUserInfo(web, tokens.access_token, 'corp:alice-id')
    expect(person.sub).to.equal('corp:alice-id')
  })

  it('does not say whether there was such a token', async () => {
    await client.tokenRevocation(web, 'made-up')
  })
})
