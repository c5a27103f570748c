import { expect } from 'chai'
import * as client from 'openid-client'
import {
  clients,
  type OidcSystem,
  passThrough,
  redirectUri,
  refusal,
  startOidc,
} from '../../support/oidc-system.ts'

describe('pushed authorization requests', () => {
  let system: OidcSystem
  let config: client.Configuration

  before(async () => {
    system = await startOidc({
      clients: {
        ...clients,
        strict: { ...clients.web, require_pushed_authorization_requests: true },
      },
    })
    config = await system.discover('strict')
  })
  after(() => system[Symbol.asyncDispose]())

  const push = async (parameters = {}) => {
    const pkceCodeVerifier = client.randomPKCECodeVerifier()
    const url = await client.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      ...parameters,
    })
    return { url, checks: { pkceCodeVerifier } }
  }

  it('keep what the app asks out of the browser', async () => {
    const { url, checks } = await push()
    expect([...url.searchParams.keys()]).to.have.members(['client_id', 'request_uri'])

    const page = await passThrough(system.browser(), url)
    const tokens = await client.authorizationCodeGrant(config, page.url, checks)

    expect(tokens.claims()?.sub).to.equal('corp:alice-id')
  })

  it('can be used once', async () => {
    const { url } = await push()
    await passThrough(system.browser(), url)

    const page = await passThrough(system.browser(), url)

    expect(page.status).to.equal(400)
    expect(page.text).to.include('was used before')
  })

  it('give one code though two browsers use one at the same time', async () => {
    const { url } = await push()
    const [one, two] = [system.browser(), system.browser()]
    const [first, second] = [await one.open(url), await two.open(url)]
    const finish = (browser: typeof one, page: typeof first) =>
      browser.submit(`${page.url.pathname}/login/alice`, {})

    const done = await Promise.all([finish(one, first), finish(two, second)])

    expect(done.filter(({ url: at }) => at.searchParams.has('code'))).to.have.length(1)
  })

  it('are refused at once when something is wrong with them', async () => {
    expect(await refusal(push({ code_challenge_method: 'plain' }))).to.equal('invalid_request')
    expect(await refusal(push({ redirect_uri: 'https://evil.example/' }))).to.equal(
      'invalid_request',
    )
  })

  it('are the only way in for an app that must use them', async () => {
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    })

    const page = await system.browser().open(url)

    expect(page.url.searchParams.get('error')).to.equal('invalid_request')
  })
})
