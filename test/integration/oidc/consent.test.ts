import { expect } from 'chai'
import * as client from 'openid-client'
import {
  answer,
  authorizationRequest,
  clients,
  interactionOf,
  type OidcSystem,
  passThrough,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

describe('consent', () => {
  let system: OidcSystem
  let partner: client.Configuration

  before(async () => {
    system = await startOidc({
      clients: {
        ...clients,
        partner: {
          ...clients.partner,
          logo_uri: 'https://partner.example.com/logo.png',
          policy_uri: 'https://partner.example.com/privacy',
          tos_uri: 'https://partner.example.com/terms',
          resources: [{ identifier: 'https://api.example.com' }],
        },
        phone: {
          first_party: true,
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          redirect_uris: [
            'http://127.0.0.1/callback',
            'https://phone.example.com/callback',
            'com.example.phone:/callback',
          ],
        },
      },
    })
    partner = await system.discover('partner')
  })
  after(() => system[Symbol.asyncDispose]())

  /** Signs alice in and stops at what is asked after that. */
  const afterSignIn = async (config: client.Configuration, parameters: Record<string, string>) => {
    const browser = system.browser()
    const { url, checks } = await authorizationRequest(config, parameters)
    const page = await answer(browser, await browser.open(url), 'login/alice')
    return { browser, page, checks }
  }

  it("asks for another organization's app, with all that the page has to show", async () => {
    const { page } = await afterSignIn(partner, {
      scope: 'openid email groups orders.read',
      resource: 'https://api.example.com',
    })

    expect(interactionOf(page)).to.deep.include({
      prompt: 'consent',
      accountId: 'corp:alice-id',
      missingScopes: ['openid', 'email', 'groups'],
      missingResourceScopes: { 'https://api.example.com': ['orders.read'] },
      returnSources: ['https://app.example.com'],
      client: {
        id: 'partner',
        name: 'Partner',
        firstParty: false,
        logoUri: 'https://partner.example.com/logo.png',
        policyUri: 'https://partner.example.com/privacy',
        termsUri: 'https://partner.example.com/terms',
      },
    })
  })

  it('gives what the person agreed to', async () => {
    const { browser, page, checks } = await afterSignIn(partner, { scope: 'openid email' })

    const done = await answer(browser, page, 'consent')
    const tokens = await client.authorizationCodeGrant(partner, done.url, checks)
    const person = await client.fetchUserInfo(partner, tokens.access_token, 'corp:alice-id')

    expect(person).to.deep.equal({
      sub: 'corp:alice-id',
      email: 'alice@corp.example',
      email_verified: true,
    })
  })

  it('asks once, and again only for more', async () => {
    const browser = system.browser()
    await signInTo(system, partner, { browser, parameters: { scope: 'openid email' } })

    const same = await authorizationRequest(partner, { scope: 'openid email' })
    expect((await browser.open(same.url)).hasLeft).to.equal(true)
    const more = await authorizationRequest(partner, { scope: 'openid email groups' })
    expect(interactionOf(await browser.open(more.url))?.missingScopes).to.deep.equal(['groups'])
  })

  it('asks again when the app wants it asked', async () => {
    const browser = system.browser()
    await signInTo(system, partner, { browser })
    const { url } = await authorizationRequest(partner, { prompt: 'consent' })

    expect(interactionOf(await browser.open(url))?.prompt).to.equal('consent')
  })

  it('tells the app when the person says no', async () => {
    const { browser, page } = await afterSignIn(partner, { scope: 'openid email' })

    const done = await answer(browser, page, 'refuse')

    expect(done.url.searchParams.get('error')).to.equal('access_denied')
  })

  it('answers prompt=none with consent_required', async () => {
    const browser = system.browser()
    await signInTo(system, await system.discover('web'), { browser })
    const { url } = await authorizationRequest(partner, { prompt: 'none' })

    expect((await browser.open(url)).url.searchParams.get('error')).to.equal('consent_required')
  })

  it("does not ask for the organization's own app, whatever the app says", async () => {
    const web = await system.discover('web')
    const { page } = await afterSignIn(web, { scope: 'openid email groups', prompt: 'consent' })

    expect(page.hasLeft).to.equal(true)
    expect(page.url.href).to.match(/^https:\/\/app\.example\.com\/callback\?code=/)
  })

  describe('of an app on the device', () => {
    let phone: client.Configuration
    before(async () => {
      phone = await system.discover('phone', { authentication: client.None() })
    })
    const request = (redirect: string) => authorizationRequest(phone, { redirect_uri: redirect })

    it('is not asked for after a sign-in', async () => {
      const { url } = await request('http://127.0.0.1:4711/callback')
      const browser = system.browser()

      const page = await answer(browser, await browser.open(url), 'login/alice')

      expect(page.url.origin).to.equal('http://127.0.0.1:4711')
    })

    it('is asked for when any program could be the app and nobody would notice', async () => {
      const browser = system.browser()
      await passThrough(browser, (await request('http://127.0.0.1:4711/callback')).url)

      const page = await browser.open((await request('http://127.0.0.1:4712/callback')).url)
      expect(interactionOf(page)).to.deep.include({ prompt: 'consent', missingScopes: [] })

      const done = await answer(browser, page, 'consent')
      expect(done.url.searchParams.get('code')).to.be.a('string')
    })

    it('lets the browser go to a scheme of the app alone', async () => {
      const page = await system.browser().open((await request('com.example.phone:/callback')).url)

      expect(interactionOf(page)?.returnSources).to.deep.equal(['com.example.phone:'])
    })

    it('is not asked for at an address that only the app can have', async () => {
      const browser = system.browser()
      await passThrough(browser, (await request('http://127.0.0.1:4711/callback')).url)

      const page = await browser.open((await request('https://phone.example.com/callback')).url)

      expect(page.url.searchParams.get('code')).to.be.a('string')
    })
  })

  it('is not taken from a browser that was not asked', async () => {
    const { page } = await afterSignIn(partner, { scope: 'openid' })
    const stranger = await answer(system.browser(), page, 'consent')

    expect(stranger.status).to.equal(400)
    expect(stranger.text).to.include('This sign-in is no longer open')
  })

  it('is not taken for another sign-in of the same browser', async () => {
    const { browser, page } = await afterSignIn(partner, { scope: 'openid' })
    const cookie = [...browser.cookies(page.url)].map(([name, value]) => `${name}=${value}`)

    const response = await fetch(new URL('/interaction/made-up', system.issuer), {
      headers: { cookie: cookie.join('; ') },
    })

    expect(response.status).to.equal(400)
  })
})
