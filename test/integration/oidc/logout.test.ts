import { expect } from 'chai'
import * as client from 'openid-client'
import { type BrowserPage, type BrowserSession, formOf } from '../../support/browser-session.ts'
import {
  authorizationRequest,
  clients,
  interactionOf,
  type OidcSystem,
  refusal,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

describe('signing out', () => {
  let system: OidcSystem
  let web: client.Configuration
  const home = 'https://app.example.com/signed-out'

  before(async () => {
    const leaves = { post_logout_redirect_uris: [home] }
    system = await startOidc({
      clients: { ...clients, web: { ...clients.web, client_name: 'The web app', ...leaves } },
    })
    web = await system.discover('web')
  })
  after(() => system[Symbol.asyncDispose]())

  const signedIn = async () => {
    const browser = system.browser()
    return { browser, tokens: await signInTo(system, web, { browser }) }
  }
  const press = (browser: BrowserSession, page: BrowserPage, button: Record<string, string>) => {
    const { action, fields } = formOf(page)
    return browser.submit(action, { ...fields, ...button })
  }
  const isSignedIn = async (browser: BrowserSession) => {
    const page = await browser.open((await authorizationRequest(web)).url)
    return interactionOf(page) === undefined
  }

  it('ends the session, and sends the browser back to the app with its state', async () => {
    const { browser, tokens } = await signedIn()
    const url = client.buildEndSessionUrl(web, {
      id_token_hint: String(tokens.id_token),
      post_logout_redirect_uri: home,
      state: 'some-state',
    })

    const question = await browser.open(url)
    expect(question.text).to.include('The web app')
    const done = await press(browser, question, { logout: 'yes' })

    expect(done.url.href).to.equal(`${home}?state=some-state`)
    expect(await isSignedIn(browser)).to.equal(false)
    expect(browser.cookies('/').size).to.equal(0)
  })

  it('ends the tokens that came of the session', async () => {
    const { browser, tokens } = await signedIn()
    await press(browser, await browser.open('/logout'), { logout: 'yes' })

    const userInfo = client.fetchUserInfo(web, tokens.access_token, 'corp:alice-id')
    expect(await refusal(userInfo)).to.equal('invalid_token')
  })

  it('leaves the session of a person who only wants to leave the app', async () => {
    const { browser } = await signedIn()
    const url = client.buildEndSessionUrl(web, {})

    const done = await press(browser, await browser.open(url), {})

    expect(done.status).to.equal(200)
    expect(done.text).to.include('The web app')
    expect(await isSignedIn(browser)).to.equal(true)
  })

  it('says so when there is no app to go back to', async () => {
    const { browser } = await signedIn()

    const done = await press(browser, await browser.open('/logout'), { logout: 'yes' })

    expect(done.status).to.equal(200)
    expect(done.text).to.include('signed out')
  })

  it('goes the same way on a page of ours where nobody is signed in', async () => {
    const browser = system.browser()

    const page = await browser.open('/logout')
    expect(page.text).to.include('One moment').and.include('class="crown"')
    const done = await press(browser, page, {})

    expect(done.status).to.equal(200)
    expect(done.text).to.include('signed out')
  })

  it('sends nobody to an address that is not registered', async () => {
    const { browser, tokens } = await signedIn()
    const url = client.buildEndSessionUrl(web, {
      id_token_hint: String(tokens.id_token),
      post_logout_redirect_uri: 'https://evil.example/',
    })

    const page = await browser.open(url)

    expect(page.status).to.equal(400)
    expect(page.text).to.match(/[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}/)
    expect(await isSignedIn(browser)).to.equal(true)
  })

  it('is not done by another site', async () => {
    const { browser } = await signedIn()
    await browser.open('/logout')

    const page = await browser.submit('/logout/confirm', { xsrf: 'guessed', logout: 'yes' })

    expect(page.status).to.equal(400)
    expect(await isSignedIn(browser)).to.equal(true)
  })
})
