import { expect } from 'chai'
import * as client from 'openid-client'
import { type OidcSystem, refusal, signInTo, startOidc } from '../../support/oidc-system.ts'

describe('the userinfo endpoint', () => {
  let system: OidcSystem
  let web: client.Configuration

  before(async () => {
    system = await startOidc()
    web = await system.discover('web')
  })
  after(() => system[Symbol.asyncDispose]())

  const told = async (parameters: Record<string, string>) => {
    const { access_token } = await signInTo(system, web, { parameters })
    return client.fetchUserInfo(web, access_token, 'corp:alice-id')
  }

  it('tells what the directory said, scope by scope', async () => {
    expect(await told({ scope: 'openid' })).to.deep.equal({ sub: 'corp:alice-id' })
    expect(await told({ scope: 'openid profile' })).to.deep.equal({
      sub: 'corp:alice-id',
      name: 'Alice Adams',
      preferred_username: 'alice',
    })
    expect(await told({ scope: 'openid groups' })).to.deep.equal({
      sub: 'corp:alice-id',
      groups: ['staff', 'admins'],
    })
  })

  it('tells single claims that the app asked for by name', async () => {
    const claims = JSON.stringify({ userinfo: { email: null } })

    expect(await told({ scope: 'openid', claims })).to.deep.equal({
      sub: 'corp:alice-id',
      email: 'alice@corp.example',
    })
  })

  it('never tells what an agent must not speak about', async () => {
    const claims = JSON.stringify({ userinfo: { iss: null, sid: null } })

    expect(await told({ scope: 'openid profile email phone groups', claims })).to.not.have.any.keys(
      'iss',
      'sid',
    )
  })

  it('answers nobody without a token', async () => {
    const response = await fetch(`${system.issuer}/userinfo`)

    expect(response.status).to.equal(401)
    expect(response.headers.get('www-authenticate')).to.match(/^DPoP|^Bearer/)
    const made = client.fetchUserInfo(web, 'made-up', client.skipSubjectCheck)
    expect(await refusal(made)).to.equal('invalid_token')
  })
})
