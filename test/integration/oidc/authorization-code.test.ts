import { expect } from 'chai'
import * as client from 'openid-client'
import { systemClock } from '../../../shared/clock.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { type BrowserPage, type BrowserSession, formOf } from '../../support/browser-session.ts'
import { eventually } from '../../support/eventually.ts'
import { type MeetingStore, meetingStore } from '../../support/meeting-store.ts'
import {
  answer,
  authorizationRequest,
  interactionOf,
  type OidcSystem,
  passThrough,
  refusal,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

describe('the authorization code flow', () => {
  let store: MeetingStore
  let system: OidcSystem
  let config: client.Configuration

  before(async () => {
    store = meetingStore(createMemoryStore(systemClock))
    system = await startOidc({ store })
    config = await system.discover('web')
  })
  after(() => system[Symbol.asyncDispose]())

  const code = async (parameters: Record<string, string> = {}) => {
    const { url, checks } = await authorizationRequest(config, parameters)
    const page = await passThrough(system.browser(), url)
    return { callback: page.url, checks }
  }
  const errorOf = async (url: URL) => {
    const page = await passThrough(system.browser(), url)
    if (!page.hasLeft) return `a page: ${page.text}`
    const fragment = new URLSearchParams(page.url.hash.slice(1))
    return page.url.searchParams.get('error') ?? fragment.get('error')
  }
  const userInfo = (token: string) => client.fetchUserInfo(config, token, 'corp:alice-id')

  it('gives an app tokens about the person who signed in', async () => {
    const began = Math.floor(systemClock.now() / 1000)
    const tokens = await signInTo(system, config)

    const claims = tokens.claims()
    expect(claims).to.include({ iss: system.issuer, sub: 'corp:alice-id', aud: 'web' })
    expect(claims).and.to.deep.include({ amr: ['pwd'] })
    expect(claims?.auth_time).to.be.within(began, began + 5)
    expect(tokens).to.include({ token_type: 'bearer', expires_in: 900 })
  })

  it('needs PKCE, of an app with a secret too', async () => {
    const { url } = await authorizationRequest(config)
    url.searchParams.delete('code_challenge')
    url.searchParams.delete('code_challenge_method')

    expect(await errorOf(url)).to.equal('invalid_request')
  })

  it('does not take PKCE with the method plain', async () => {
    const { url } = await authorizationRequest(config, { code_challenge_method: 'plain' })

    expect(await errorOf(url)).to.equal('invalid_request')
  })

  it('gives nothing for a wrong code verifier', async () => {
    const { callback, checks } = await code()
    const wrong = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }

    expect(await refusal(client.authorizationCodeGrant(config, callback, wrong))).to.equal(
      'invalid_grant',
    )
  })

  it('gives nothing for a code that another app was given', async () => {
    const { callback, checks } = await code()
    const other = await system.discover('partner')

    expect(await refusal(client.authorizationCodeGrant(other, callback, checks))).to.equal(
      'invalid_grant',
    )
  })

  it('takes back what it gave when a code comes a second time', async () => {
    const { callback, checks } = await code()
    const tokens = await client.authorizationCodeGrant(config, callback, checks)
    expect(await userInfo(tokens.access_token)).to.have.property('sub')

    const again = client.authorizationCodeGrant(config, callback, checks)

    expect(await refusal(again)).to.equal('invalid_grant')
    expect(await refusal(userInfo(tokens.access_token))).to.equal('invalid_token')
    expect(await refusal(client.refreshTokenGrant(config, String(tokens.refresh_token)))).to.equal(
      'invalid_grant',
    )
    const warned = system.log.find(({ msg }) => msg.startsWith('used twice'))
    expect(warned).to.include({ level: 40, client: 'web' })
  })

  it('lets one of two win who redeem a code at the same moment, and not for long', async () => {
    const { callback, checks } = await code()

    store.meetAtClaim(2)
    const redeemed = await Promise.allSettled([
      client.authorizationCodeGrant(config, callback, checks),
      client.authorizationCodeGrant(config, callback, checks),
    ])

    const won = redeemed.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    const lost = redeemed.filter((each) => each.status === 'rejected')
    expect([won.length, lost.length]).to.deep.equal([1, 1])
    expect(lost[0]?.reason).to.include({ error: 'invalid_grant' })
    expect(await refusal(userInfo(String(won[0]?.access_token)))).to.equal('invalid_token')
  })

  it('knows no response type but code', async () => {
    for (const type of ['token', 'id_token', 'code id_token', 'none']) {
      const { url } = await authorizationRequest(config, { response_type: type })

      expect(await errorOf(url), type).to.equal('unsupported_response_type')
    }
  })

  it('tells the app that the person said no', async () => {
    const { url } = await authorizationRequest(config)
    const browser = system.browser()

    const page = await answer(browser, await browser.open(url), 'refuse')

    expect(page.hasLeft).to.equal(true)
    expect(page.url.searchParams.get('error')).to.equal('access_denied')
  })

  describe('with a session', () => {
    const signedIn = async () => {
      const browser = system.browser()
      const tokens = await signInTo(system, config, { browser })
      return { browser, tokens }
    }

    it('asks nothing again', async () => {
      const { browser } = await signedIn()
      const { url } = await authorizationRequest(config)

      expect((await browser.open(url)).url.searchParams.get('code')).to.be.a('string')
    })

    it('asks for the password again for prompt=login', async () => {
      const { browser } = await signedIn()
      const { url, checks } = await authorizationRequest(config, { prompt: 'login' })

      const page = await browser.open(url)
      expect(interactionOf(page)).to.include({ prompt: 'login', accountId: 'corp:alice-id' })
      const done = await answer(browser, page, 'login/alice')
      const tokens = await client.authorizationCodeGrant(config, done.url, checks)

      expect(tokens.claims()?.sub).to.equal('corp:alice-id')
    })

    it('asks for the password again when the app wants a fresher sign-in', async () => {
      const { browser } = await signedIn()
      const { url } = await authorizationRequest(config, { max_age: '0' })
      // Seconds are the unit of auth_time, so the sign-in must be one second old to be too old.
      await nextSecond()

      expect(interactionOf(await browser.open(url))?.prompt).to.equal('login')
    })

    it('accepts the ID token of the same person as a hint', async () => {
      const { browser, tokens } = await signedIn()
      const hint = { id_token_hint: String(tokens.id_token), prompt: 'none' }
      const { url } = await authorizationRequest(config, hint)

      expect((await browser.open(url)).url.searchParams.get('code')).to.be.a('string')
    })

    it('lets another person take the browser over', async () => {
      const { browser } = await signedIn()
      const { url, checks } = await authorizationRequest(config, { prompt: 'login' })

      const form = await answer(browser, await browser.open(url), 'login/bob')
      const page = await passAutomatic(browser, form)
      const tokens = await client.authorizationCodeGrant(config, page.url, checks)

      expect(tokens.claims()?.sub).to.equal('corp:bob-id')
    })
  })

  it('answers prompt=none with login_required if nobody is signed in', async () => {
    const { url } = await authorizationRequest(config, { prompt: 'none' })

    expect(await errorOf(url)).to.equal('login_required')
  })

  it('tells the app instead of asking for ever when another person than hinted signs in', async () => {
    const tokens = await signInTo(system, config, { person: 'bob' })
    const hint = { id_token_hint: String(tokens.id_token) }
    const { url } = await authorizationRequest(config, hint)

    expect(await errorOf(url)).to.equal('login_required')
  })

  it('tells the app instead of asking for ever when no sign-in gives what it insists on', async () => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'hardware' } } })
    const { url } = await authorizationRequest(config, { claims })

    expect(await errorOf(url)).to.equal('unmet_authentication_requirements')
  })
})

async function nextSecond(): Promise<void> {
  const now = Math.floor(systemClock.now() / 1000)
  await eventually(() => Math.floor(systemClock.now() / 1000) > now)
}

/** A page that would send its form by itself, in a browser with scripts. */
async function passAutomatic(browser: BrowserSession, page: BrowserPage): Promise<BrowserPage> {
  const { action, fields } = formOf(page)
  return browser.submit(action, fields)
}
