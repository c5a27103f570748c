import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { formOf } from '../../support/browser-session.ts'
import { clients, type OidcSystem, signInTo, startOidc } from '../../support/oidc-system.ts'

describe('back-channel logout', () => {
  let app: Server
  let received: URLSearchParams[]
  let system: OidcSystem

  before(async () => {
    const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      received.push(new URLSearchParams(await text(request)))
      response.writeHead(request.url === '/broken' ? 500 : 204).end()
    }
    app = createServer((request, response) => void take(request, response))
    app.listen(0, '127.0.0.1')
    await once(app, 'listening')
    const origin = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
    system = await startOidc({
      clients: {
        web: {
          ...clients.web,
          backchannel_logout_uri: `${origin}/logout`,
          backchannel_logout_session_required: true,
        },
        partner: { ...clients.partner, backchannel_logout_uri: `${origin}/broken` },
      },
    })
  })
  beforeEach(() => {
    received = []
  })
  after(async () => {
    await system[Symbol.asyncDispose]()
    app.close()
    await once(app, 'close')
  })

  it('tells each app of the session, though it lives in a private network', async () => {
    const web = await system.discover('web')
    const browser = system.browser()
    const tokens = await signInTo(system, web, { browser })

    const { action, fields } = formOf(await browser.open('/logout'))
    await browser.submit(action, { ...fields, logout: 'yes' })

    expect(received).to.have.length(1)
    const token = String(received[0]?.get('logout_token'))
    const [header, payload] = token.split('.').slice(0, 2).map(decoded)
    expect(header).to.include({ typ: 'logout+jwt', alg: 'RS256' })
    expect(payload).to.deep.include({
      iss: system.issuer,
      aud: 'web',
      sub: 'corp:alice-id',
      sid: tokens.claims()?.['sid'],
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    expect(payload).to.not.have.property('nonce')
  })

  it('signs the person out also when an app does not answer, and logs which', async () => {
    const partner = await system.discover('partner')
    const browser = system.browser()
    await signInTo(system, partner, { browser })

    const { action, fields } = formOf(await browser.open('/logout'))
    const done = await browser.submit(action, { ...fields, logout: 'yes' })

    expect(done.status).to.equal(200)
    const line = system.log.find(({ msg }) => msg === 'app could not be told of the sign-out')
    expect(line).to.include({ level: 40, client: 'partner' })
    expect(line?.['detail']).to.include('500')
  })
})

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
}
