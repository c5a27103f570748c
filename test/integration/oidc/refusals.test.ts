import { expect } from 'chai'
import * as client from 'openid-client'
import { systemClock } from '../../../shared/clock.ts'
import { Fault } from '../../../shared/fault.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import {
  authorizationRequest,
  type OidcSystem,
  redirectUri,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

const reference = /[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}/

describe('what cannot be done', () => {
  let isDown = false
  let system: OidcSystem
  let web: client.Configuration

  before(async () => {
    const gone = () => Promise.reject(new Fault('storeDown', 'redis is gone'))
    const store = new Proxy(createMemoryStore(systemClock), {
      get: (memory, method) => (isDown ? gone : (Reflect.get(memory, method) as unknown)),
    })
    system = await startOidc({ store })
    web = await system.discover('web')
  })
  afterEach(() => {
    isDown = false
  })
  after(() => system[Symbol.asyncDispose]())

  const open = async (change: (url: URL) => void) => {
    const { url } = await authorizationRequest(web)
    change(url)
    return system.browser().open(url)
  }

  it('is said on a page, with a number that the log line also has', async () => {
    const page = await open((url) => url.searchParams.set('client_id', 'nobody'))

    expect(page.status).to.equal(400)
    expect(page.hasLeft).to.equal(false)
    expect(page.text).to.include('This app is not known here')
    expect(page.text).to.include('invalid_client: client is invalid')
    const [number] = reference.exec(page.text) ?? []
    const line = system.log.find((each) => each['reference'] === number && each.level === 30)
    expect(line).to.include({ event: 'authorization.error', error: 'invalid_client' })
  })

  it('never sends a browser to an address that is not registered', async () => {
    const page = await open((url) => url.searchParams.set('redirect_uri', 'https://evil.example/'))

    expect(page.status).to.equal(400)
    expect(page.text).to.include('The way back is not known here').and.to.match(reference)
  })

  it('sends nobody back whose request names no address', async () => {
    const page = await open((url) => url.searchParams.delete('redirect_uri'))

    expect([page.status, page.hasLeft]).to.deep.equal([400, false])
  })

  it('shows what it quotes as text and not as markup', async () => {
    const page = await open((url) => url.searchParams.set('client_id', '<script>alert(1)</script>'))

    expect(page.text).to.not.include('<script>alert')
  })

  it('is told to the app in the standard words when there is a way back', async () => {
    const page = await open((url) => url.searchParams.set('scope', 'openid\u0001'))

    expect(page.url.href).to.match(/^https:\/\/app\.example\.com\/callback\?error=invalid_scope/)
    expect(page.url.searchParams.get('iss')).to.equal(system.issuer)
  })

  it('is a page about our side when the store is gone, and all is well when it is back', async () => {
    isDown = true
    const page = await open(() => undefined)
    isDown = false

    expect(page.status).to.equal(503)
    expect(page.text).to.include('on our side').and.to.match(reference)
    const [number] = reference.exec(page.text) ?? []
    const line = system.log.find((each) => each['reference'] === number && each.level === 50)
    expect(line).to.include({ faultCode: 'PST-902', detail: 'redis is gone' })
    expect((await signInTo(system, web)).claims()?.sub).to.equal('corp:alice-id')
  })

  it('is told to an app as our fault, not as its own, when the store is gone', async () => {
    isDown = true
    const response = await fetch(`${system.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('web:a-secret-of-the-test-apps')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'some-code',
        redirect_uri: redirectUri,
        code_verifier: client.randomPKCECodeVerifier(),
      }),
    })
    isDown = false

    expect(response.status).to.equal(503)
    expect(await response.json()).to.include({ error: 'server_error' })
  })

  it('logs no more of a path than the beginning', async () => {
    const response = await fetch(`${system.issuer}/authorize/${'a'.repeat(5000)}`)
    const number = response.headers.get('x-request-id')
    const lines = system.log.filter((line) => line['reference'] === number)

    expect(lines.map(({ msg }) => msg)).to.include('refused')
    for (const line of lines) expect(String(line['path'])).to.match(/^\/authorize\/a{189}$/)
  })

  it('leaves no secret in the log', async () => {
    const tokens = await signInTo(system, web, { parameters: { scope: 'openid email' } })
    await client.refreshTokenGrant(web, String(tokens.refresh_token))

    const logged = JSON.stringify(system.log)
    for (const secret of [tokens.access_token, tokens.refresh_token, tokens.id_token]) {
      expect(logged).to.not.include(String(secret))
    }
    expect(logged).to.not.include('a-secret-of-the-test-apps').and.not.include('alice@')
  })
})
