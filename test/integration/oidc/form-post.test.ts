import { createHash } from 'node:crypto'
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

  it('is allowed its one script, and goes on by a button without it', async () => {
    const { url } = await authorizationRequest(web, { response_mode: 'form_post' })

    const page = await passThrough(system.browser(), url)

    const script = /<script>([^]*)<\/script>/.exec(page.text)?.[1] ?? ''
    const hash = createHash('sha256').update(script).digest('base64')
    const policy = String(page.headers.get('content-security-policy'))
    expect(policy).to.include(`script-src 'sha256-${hash}'`).and.not.include('form-action')
    expect(page.text).to.match(/<noscript>[^]*<button[^]*<\/noscript>/)
  })
})
