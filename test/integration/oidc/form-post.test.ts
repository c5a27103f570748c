import { expect } from 'chai'
import * as client from 'openid-client'
import { formOf } from '../../support/browser-session.ts'
import {
  authorizationRequest,
  type OidcSystem,
  passThrough,
  redirectUri,
  startOidc,
} from '../../support/oidc-system.ts'

describe('the response mode form_post', () => {
  let system: OidcSystem
  let web: client.Configuration

  before(async () => {
    system = await startOidc()
    web = await system.discover('web')
  })
  after(() => system[Symbol.asyncDispose]())

  it('sends the code to the app in a form, and not in an address', async () => {
    const { url, checks } = await authorizationRequest(web, { response_mode: 'form_post' })

    const page = await passThrough(system.browser(), url)
    const { action, fields } = formOf(page)
    expect(action).to.equal(redirectUri)
    const callback = new Request(action, { method: 'POST', body: new URLSearchParams(fields) })
    const tokens = await client.authorizationCodeGrant(web, callback, checks)

    expect(tokens.claims()?.sub).to.equal('corp:alice-id')
  })

  it('is a page of ours with one script, and goes on by a button without it', async () => {
    const { url } = await authorizationRequest(web, { response_mode: 'form_post' })

    const page = await passThrough(system.browser(), url)

    const policy = String(page.headers.get('content-security-policy'))
    expect(policy).to.include("script-src 'self'").and.include("form-action 'self' https:")
    expect(page.text).to.match(/<script type="module" src="\/assets\/go-on\.[^"]+\.js">/)
    expect(page.text).to.match(/<form[^]*<button[^]*<\/form>/)
    expect(page.text).to.include('class="crown"').and.not.include('<script>')
  })
})
