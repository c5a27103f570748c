import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import { fixOrigin } from '../../../../provider/http/request-context.ts'
import {
  rememberedCookie,
  setRememberedCookie,
} from '../../../../provider/mfa/remembered-browser-cookie.ts'

function visit(issuer: string, cookie = '') {
  const app = new Koa()
  fixOrigin(app, issuer)
  const request = new IncomingMessage(new Socket())
  request.headers = { cookie }
  return app.createContext(request, new ServerResponse(request))
}

describe('the cookie of a remembered browser', () => {
  it('is for this host and https alone, and no script reads it', () => {
    const ctx = visit('https://id.corp.example')
    setRememberedCookie(ctx, 'secret')
    const [cookie = ''] = [ctx.response.headers['set-cookie'] ?? []].flat()
    const [pair, ...attributes] = cookie.split('; ')
    expect(pair).to.equal('__Host-postern_remembered=secret')
    // `__Host-` counts with these, and without a domain (RFC 6265bis section 4.1.3.2).
    const names = attributes.filter((each) => !each.startsWith('expires='))
    expect(names).to.have.members(['path=/', 'secure', 'httponly', 'samesite=lax'])
  })

  it('is not one of another name, as http or a neighbour could plant it', () => {
    const planted = visit('https://id.corp.example', 'postern_remembered=theirs')
    expect(rememberedCookie(planted)).to.equal(undefined)
    const own = '__Host-postern_remembered=ours; postern_remembered=theirs'
    expect(rememberedCookie(visit('https://id.corp.example', own))).to.equal('ours')
  })

  it('has a plain name on http, where no browser takes the other', () => {
    const ctx = visit('http://localhost:8080')
    setRememberedCookie(ctx, 'secret')
    const [cookie = ''] = [ctx.response.headers['set-cookie'] ?? []].flat()
    expect(cookie)
      .to.match(/^postern_remembered=secret;/)
      .and.not.include('secure')
    expect(rememberedCookie(visit('http://localhost:8080', cookie.split(';')[0]))).to.equal(
      'secret',
    )
  })
})
