import { request } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { expect } from 'chai'
import type { Feature } from '../../../provider/http/feature.ts'
import { createHealth } from '../../../provider/http/health.ts'
import { requestContext } from '../../../provider/http/request-context.ts'
import { systemClock } from '../../../shared/clock.ts'
import { Fault } from '../../../shared/fault.ts'
import type { Store } from '../../../shared/store.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { type PageServer, startPages } from '../../support/start-pages.ts'

const referenceFormat = /^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}$/

/** Routes that answer with what they found, or break. */
const probes: Feature = {
  mount: (router) => {
    router.get('/origin', (ctx) => {
      const { href, protocol, host, ip, secure } = ctx
      const { clientAddress, personAddress } = requestContext(ctx)
      ctx.body = { href, protocol, host, ip, secure, clientAddress, personAddress }
    })
    router.get('/stranger', () => {
      throw new Error('password=hunter2 at ldap://10.1.2.3')
    })
    router.get('/fault', () => {
      throw new Fault('storeDown', 'redis-1 is gone', { cause: new Error('ECONNREFUSED') })
    })
    router.get('/refused', () => {
      throw new Fault('badForm', 'the form broke off', { cause: new Error('aborted') })
    })
    router.get('/library', (ctx) => {
      ctx.type = 'html'
      ctx.body = '<!doctype html>'
    })
  },
}

describe('every answer', () => {
  let pages: PageServer
  before(async () => {
    pages = await startPages({ features: [probes], trustedProxies: ['127.0.0.1'] })
  })
  after(() => pages[Symbol.asyncDispose]())

  it('has a reference of its own that the log lines of the request carry', async () => {
    const first = (await pages.get('/origin')).headers.get('x-request-id') ?? ''
    const second = (await pages.get('/origin')).headers.get('x-request-id') ?? ''
    expect(first).to.match(referenceFormat)
    expect(second).to.match(referenceFormat).and.not.equal(first)
    const line = pages.logged().find(({ reference }) => reference === first)
    expect(line).to.include({ msg: 'answered', path: '/origin', method: 'GET', status: 200 })
  })

  it('has safe headers', async () => {
    const { headers } = await pages.get('/origin')
    expect(headers.get('content-security-policy')).to.include("default-src 'none'")
    expect(headers.get('content-security-policy')).to.include("frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).to.equal('DENY')
    expect(headers.get('x-content-type-options')).to.equal('nosniff')
    expect(headers.get('referrer-policy')).to.equal('strict-origin')
    expect(headers.get('x-powered-by')).to.equal(null)
    expect(headers.get('strict-transport-security'), 'on http').to.equal(null)
  })

  it('leaves no page in a cache', async () => {
    for (const path of ['/library', '/nowhere', pages.begin()]) {
      expect((await pages.get(path)).headers.get('cache-control'), path).to.equal('no-store')
    }
  })

  it('lets a page of the OpenID Connect library post to the app, with a script by its hash', async () => {
    const policy = (await pages.get('/library')).headers.get('content-security-policy') ?? ''
    // What `lib/helpers/script_src_sha.js` of the library looks for, to add the hash to.
    expect(policy.split(';')).to.include('script-src')
    expect(policy).not.to.include('form-action')
  })

  it('does not log the query, which may hold what is nobody else’s business', async () => {
    await pages.get('/origin?login_hint=alice')
    expect(JSON.stringify(pages.logged())).not.to.include('login_hint=alice')
  })

  it('logs no more of a path than a route of ours can have, lest anybody fill the disk', async () => {
    const path = `/${'a'.repeat(5000)}`
    const reference = (await pages.get(path)).headers.get('x-request-id') ?? ''
    const lines = pages.logged().filter((line) => line['reference'] === reference)
    expect(lines.map(({ msg }) => msg)).to.have.members(['not found', 'answered'])
    for (const line of lines) expect(line['path']).to.equal(path.slice(0, 200))
    expect(JSON.stringify(lines).length).to.be.lessThan(2000)
  })

  it('comes from the address that the trusted proxy vouches for', async () => {
    const forwarded = { 'x-forwarded-for': '8.8.8.8, 203.0.113.5' }
    const answer = (await (await pages.get('/origin', forwarded)).json()) as { ip: string }
    expect(answer).to.include({ ip: '203.0.113.5', clientAddress: '203.0.113.5' })
  })

  it('comes from nowhere that is known if no proxy says where from', async () => {
    for (const header of ['', 'unknown', '203.0.113.5, -', '127.0.0.1']) {
      const answer: unknown = await (
        await pages.get('/origin', header === '' ? {} : { 'x-forwarded-for': header })
      ).json()
      expect(answer, header).to.include({ clientAddress: '127.0.0.1' })
      expect(answer, header).not.to.have.property('personAddress')
    }
  })

  it('does not believe the other header', async () => {
    const forwarded = { 'x-forwarded-for': '203.0.113.5', forwarded: 'for=192.0.2.7' }
    const answer: unknown = await (await pages.get('/origin', forwarded)).json()
    expect(answer).to.include({ ip: '203.0.113.5', personAddress: '203.0.113.5' })
  })

  it('does not believe what a client says about our own address', async () => {
    const spoofed = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
    }
    const answer: unknown = await (await pages.get('/origin', spoofed)).json()
    const { host } = new URL(pages.origin)
    expect(answer).to.deep.include({ host, protocol: 'http', href: `${pages.origin}/origin` })
  })

  it('does not believe a request line that names another host', async () => {
    const text = await absoluteGet(pages.origin, 'http://evil.example/origin?a=b')
    expect(JSON.parse(text)).to.deep.include({ href: `${pages.origin}/origin?a=b` })
  })
})

describe('behind proxies that write Forwarded', () => {
  let pages: PageServer
  before(async () => {
    const trusted = { trustedProxies: ['127.0.0.1'], forwardedHeader: 'forwarded' } as const
    pages = await startPages({ features: [probes], ...trusted })
  })
  after(() => pages[Symbol.asyncDispose]())

  it('comes from the address that they vouch for, in however many headers', async () => {
    const lists = ['for=8.8.8.8, for=203.0.113.5', ['for="8.8.8.8', 'for="203.0.113.5:4711"']]
    for (const list of lists) {
      const answer: unknown = JSON.parse(await getWith(pages.origin, { forwarded: list }))
      expect(answer).to.include({ ip: '203.0.113.5', personAddress: '203.0.113.5' })
    }
  })

  it('does not believe X-Forwarded-For, which they pass on as it comes', async () => {
    const spoofed = { 'x-forwarded-for': '192.0.2.7' }
    const none: unknown = await (await pages.get('/origin', spoofed)).json()
    expect(none).to.include({ clientAddress: '127.0.0.1' }).and.not.have.property('personAddress')
    const both = { ...spoofed, forwarded: 'for="[2001:db8::1]"' }
    const answer: unknown = await (await pages.get('/origin', both)).json()
    expect(answer).to.include({ ip: '2001:db8::1', personAddress: '2001:db8::1' })
  })

  it('takes neither host nor protocol from it', async () => {
    const spoofed = { forwarded: 'for=203.0.113.5;host=evil.example;proto=https' }
    const answer: unknown = await (await pages.get('/origin', spoofed)).json()
    const { host } = new URL(pages.origin)
    expect(answer).to.include({ ip: '203.0.113.5', host, protocol: 'http' })
  })
})

describe('without trusted proxies', () => {
  it('X-Forwarded-For is not believed', async () => {
    await using pages = await startPages({ features: [probes] })
    const answer: unknown = await (
      await pages.get('/origin', { 'x-forwarded-for': '203.0.113.5' })
    ).json()
    expect(answer).to.include({ ip: '127.0.0.1', clientAddress: '127.0.0.1' })
  })
})

describe('behind an https issuer', () => {
  it('every request is a secure one, and browsers are told to keep to it', async () => {
    await using pages = await startPages({ features: [probes], issuer: 'https://id.corp.example' })
    const answer = await pages.get('/origin')
    expect(answer.headers.get('strict-transport-security')).to.equal('max-age=31536000')
    expect(await answer.json()).to.include({
      secure: true,
      protocol: 'https',
      href: 'https://id.corp.example/origin',
    })
  })
})

describe('errors', () => {
  let pages: PageServer
  before(async () => {
    pages = await startPages({ features: [probes], organization: { name: 'A & B <i>' } })
  })
  after(() => pages[Symbol.asyncDispose]())

  it('are pages with a reference, under which the log has detail and cause', async () => {
    const answer = await pages.get('/fault')
    const reference = answer.headers.get('x-request-id') ?? ''
    const text = await answer.text()
    expect(answer.status).to.equal(503)
    expect(text).to.include(`<strong>${reference}</strong>`)
    expect(text).to.include('Something went wrong on our side.')
    expect(text).to.include('A &amp; B &lt;i&gt;')
    expect(text).not.to.match(/redis-1|ECONNREFUSED/)
    const line = pages.logged().find((one) => one['reference'] === reference && one['level'] === 50)
    expect(line).to.include({ faultCode: 'PST-902', detail: 'redis-1 is gone' })
    expect(line?.['err']).to.include({ message: 'ECONNREFUSED' })
  })

  it('are one short line where anybody could bring them about', async () => {
    const answer = await pages.get('/refused')
    const reference = answer.headers.get('x-request-id')
    const line = pages.logged().find((one) => one['reference'] === reference && one['level'] === 30)
    expect(line).to.include({ msg: 'request refused', detail: 'the form broke off' })
    expect(line).not.to.have.property('err')
  })

  it('are JSON for who does not ask for HTML', async () => {
    const answer = await pages.get('/fault', { accept: 'application/json' })
    expect(answer.status).to.equal(503)
    expect(answer.headers.get('content-type')).to.match(/^application\/json/)
    expect(answer.headers.get('cache-control')).to.equal('no-store')
    expect(await answer.json()).to.deep.equal({
      error: 'PST-902',
      error_description: 'Something went wrong on our side. Please try again in a moment.',
      reference: answer.headers.get('x-request-id'),
    })
  })

  it('never show the message of a stranger', async () => {
    for (const accept of ['text/html', 'application/json', '*/*']) {
      const answer = await pages.get('/stranger', { accept })
      expect(answer.status).to.equal(500)
      expect(await answer.text(), accept).not.to.match(/hunter2|10\.1\.2\.3/)
    }
  })

  it('have a page for an address that is none', async () => {
    for (const path of ['/nowhere', '/interaction', '/assets/postern.css', '/%E0%A4%A', '/..%2f']) {
      const answer = await pages.get(path)
      expect(answer.status, path).to.equal(404)
      expect(await answer.text(), path).to.include('<h1>Page not found</h1>')
    }
  })

  it('take no other method than the one an address has', async () => {
    expect((await pages.post('/origin', {})).status).to.equal(404)
    expect((await fetch(`${pages.origin}/origin`, { method: 'DELETE' })).status).to.equal(404)
  })

  it('say that a sign-in is over, and what to do', async () => {
    const answer = await pages.get('/interaction/unknown')
    expect(answer.status).to.equal(400)
    expect(await answer.text())
      .to.include('<h1>This sign-in has ended</h1>')
      .and.include('Go back')
  })
})

describe('assets', () => {
  it('are kept for ever by browsers, under an address with their hash', async () => {
    await using pages = await startPages()
    const text = await (await pages.get(pages.begin())).text()
    const paths = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(
      ([, path = '']) => path,
    )
    expect(new Set(paths).size).to.equal(2)
    for (const path of paths) {
      expect(path).to.match(/^\/assets\/postern\.[\w-]{12}\.(css|svg)$/)
      const answer = await pages.get(path)
      expect(answer.status).to.equal(200)
      expect(answer.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable')
      const type = path.endsWith('css') ? /^text\/css/ : /^image\/svg\+xml/
      expect(answer.headers.get('content-type')).to.match(type)
    }
  })
})

describe('scripts for browsers', () => {
  const account = { id: '42', claims: {}, signedInAs: 'bob@lab.example' }

  it('come as modules, each with what it imports, under addresses with their hashes', async () => {
    await using pages = await startPages()
    pages.ownSession = { accountId: 'lab:42', account, age: 60 }
    const text = await (await pages.get('/account/password')).text()
    const [, first = ''] = /<script type="module" src="([^"]+)"><\/script>/.exec(text) ?? []
    const found = new Set([first])
    for (const path of found) {
      expect(path).to.match(/^\/assets\/[a-z-]+\.[\w-]{12}\.js$/)
      const answer = await pages.get(path)
      expect(answer.status, path).to.equal(200)
      expect(answer.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable')
      expect(answer.headers.get('content-type')).to.match(/^text\/javascript/)
      const code = await answer.text()
      for (const [, imported = ''] of code.matchAll(/\bfrom\s+'([^']+)'/g)) found.add(imported)
    }
    expect([...found].map((path) => path.replace(/^\/assets\/|\..*/g, ''))).to.include.members([
      'new-password',
      'banned',
      'common-terms',
    ])
  })

  it('run on the pages that ask for them, and on no other', async () => {
    await using pages = await startPages()
    pages.ownSession = { accountId: 'lab:42', account, age: 60 }
    const policyOf = async (path: string) =>
      (await pages.get(path)).headers.get('content-security-policy')?.split(';')
    expect(await policyOf('/account/password')).to.include("script-src 'self'")
    for (const path of [pages.begin(), '/account/password/changed', '/nowhere']) {
      const policy = await policyOf(path)
      expect(policy).to.include("default-src 'none'")
      expect(policy?.filter((part) => part.startsWith('script-src '))).to.deep.equal([])
    }
  })
})

describe('health', () => {
  it('is live and ready while the store answers', async () => {
    await using pages = await startPages({ features: [healthOver(createMemoryStore(systemClock))] })
    expect((await pages.get('/health/live')).status).to.equal(200)
    const ready = await pages.get('/health/ready')
    expect(ready.status).to.equal(200)
    expect(await ready.json()).to.deep.equal({ status: 'ready' })
  })

  it('is live but not ready while it does not', async () => {
    const down = () => Promise.reject(new Fault('storeDown', 'redis-1 is gone'))
    const store = { ...createMemoryStore(systemClock), get: down }
    await using pages = await startPages({ features: [healthOver(store)] })
    expect((await pages.get('/health/live')).status).to.equal(200)
    const ready = await pages.get('/health/ready')
    expect(ready.status).to.equal(503)
    expect(await ready.json()).to.deep.equal({ status: 'notReady', store: 'PST-902' })
  })
})

function healthOver(store: Store): Feature {
  return createHealth({ store })
}

/** GET in absolute form, as to a proxy. */
function absoluteGet(origin: string, target: string): Promise<string> {
  return getWith(origin, {}, target)
}

/** GET with header fields as they are, several of one name too. */
function getWith(
  origin: string,
  headers: Record<string, string | string[]>,
  path = '/origin',
): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, headers }
    const sent = request(options, (answer) => resolve(readText(answer)))
    sent.on('error', reject)
    sent.end()
  })
}
