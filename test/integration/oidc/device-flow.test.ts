import { expect } from 'chai'
import * as client from 'openid-client'
import { type BrowserPage, type BrowserSession, formOf } from '../../support/browser-session.ts'
import {
  answer,
  interactionOf,
  type OidcSystem,
  refusal,
  startOidc,
} from '../../support/oidc-system.ts'

describe('the device flow', () => {
  let system: OidcSystem
  let tv: client.Configuration
  const grantType = 'urn:ietf:params:oauth:grant-type:device_code'

  before(async () => {
    const device = { token_endpoint_auth_method: 'none', grant_types: [grantType, 'refresh_token'] }
    system = await startOidc({
      clients: {
        tv: { ...device, client_name: 'Big TV', first_party: true },
        stranger: { ...device, client_name: 'Their TV' },
      },
    })
    tv = await system.discover('tv', { authentication: client.None() })
  })
  after(() => system[Symbol.asyncDispose]())

  const start = (config = tv) =>
    client.initiateDeviceAuthorization(config, { scope: 'openid offline_access' })
  const ask = (started: { device_code: string }, config = tv) =>
    client.genericGrantRequest(config, grantType, { device_code: started.device_code })

  /** Types a code on the page and presses the button. */
  const type = async (browser: BrowserSession, code: string): Promise<BrowserPage> => {
    const { action, fields } = formOf(await browser.open('/device'))
    return browser.submit(action, { ...fields, user_code: code })
  }
  const confirm = (browser: BrowserSession, page: BrowserPage, more = {}): Promise<BrowserPage> => {
    const { action, fields } = formOf(page)
    return browser.submit(action, { ...fields, ...more })
  }

  it('signs a person in on a device without a keyboard', async () => {
    const started = await start()
    expect(started).to.deep.include({
      verification_uri: `${system.issuer}/device`,
      expires_in: 600,
    })
    expect(started.user_code).to.match(/^[B-Z]{4}-[B-Z]{4}$/)
    expect(await refusal(ask(started))).to.equal('authorization_pending')

    const browser = system.browser()
    const compare = await type(browser, started.user_code)
    expect(compare.text).to.include('Big TV').and.to.include(started.user_code)
    const signIn = await confirm(browser, compare)
    expect(interactionOf(signIn)).to.deep.include({ prompt: 'login', returnSources: [] })
    const done = await answer(browser, signIn, 'login/alice')
    expect(done.text).to.include('Your device is connected').and.to.include('Big TV')

    const tokens = await ask(started)
    expect(tokens.claims()?.sub).to.equal('corp:alice-id')
    expect(tokens.refresh_token).to.be.a('string')
  })

  it('takes a code as people type it', async () => {
    const started = await start()
    const typed = ` ${started.user_code.toLowerCase().replace('-', ' ')} `

    expect((await type(system.browser(), typed)).text).to.include('Is this your device?')
  })

  it('shows the code of an address to compare, and goes nowhere by itself', async () => {
    const started = await start()
    const browser = system.browser()

    const automatic = await browser.open(String(started.verification_uri_complete))
    expect(automatic.text).to.include('One moment').and.include('class="crown"')
    const page = await confirm(browser, automatic)

    expect(page.text).to.include('Is this your device?').and.to.include(started.user_code)
    expect(await refusal(ask(started))).to.equal('authorization_pending')
  })

  it("asks for consent to another organization's device", async () => {
    const stranger = await system.discover('stranger', { authentication: client.None() })
    const started = await start(stranger)
    const browser = system.browser()

    const signIn = await confirm(browser, await type(browser, started.user_code))
    const consent = await answer(browser, signIn, 'login/alice')
    expect(interactionOf(consent)).to.deep.include({
      prompt: 'consent',
      missingScopes: ['openid', 'offline_access'],
    })
    await answer(browser, consent, 'consent')

    expect((await ask(started, stranger)).access_token).to.be.a('string')
  })

  it('tells the device when the person stops', async () => {
    const started = await start()
    const browser = system.browser()

    const stopped = await confirm(browser, await type(browser, started.user_code), { abort: 'yes' })

    expect(stopped.text).to.include('The device was not connected')
    expect(await refusal(ask(started))).to.equal('access_denied')
  })

  it('tells the device when the person does not sign in', async () => {
    const started = await start()
    const browser = system.browser()

    const signIn = await confirm(browser, await type(browser, started.user_code))
    const page = await answer(browser, signIn, 'refuse')

    expect(page.text).to.include('The device was not connected')
    expect(await refusal(ask(started))).to.equal('access_denied')
  })

  it('says what is wrong with a code', async () => {
    const unknown = await type(system.browser(), 'BBBB-BBBB')
    expect(unknown.text).to.include('No device is waiting with this code').and.include('BBBB-BBBB')

    const missing = await type(system.browser(), '')
    expect(missing.text).to.include('Enter the code.')

    const started = await start()
    const browser = system.browser()
    await confirm(browser, await type(browser, started.user_code))
    const used = await type(system.browser(), started.user_code)
    expect(used.text).to.include('This code has been used already')
  })

  it('gives tokens for a device code once', async () => {
    const started = await start()
    const browser = system.browser()
    const signIn = await confirm(browser, await type(browser, started.user_code))
    await answer(browser, signIn, 'login/alice')

    const tokens = await ask(started)
    expect(await refusal(ask(started))).to.equal('invalid_grant')
    const again = client.refreshTokenGrant(tv, String(tokens.refresh_token))
    expect(await refusal(again)).to.equal('invalid_grant')
  })

  it('takes no form from elsewhere', async () => {
    const started = await start()
    const browser = system.browser()
    await browser.open('/device')

    const page = await browser.submit('/device', { xsrf: 'guessed', user_code: started.user_code })

    expect(page.status).to.equal(400)
    expect(page.text).to.match(/[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}/)
  })
})
