import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createPlainServer, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { askWeb } from '../../../shared/ask-web.ts'
import type { Proxy } from '../../../shared/proxy.ts'
import { createTestAuthority } from '../../support/certificates.ts'
import { freePort } from '../../support/free-port.ts'
import { expectFault } from '../../support/rejection.ts'
import { startTinyproxy, type Tinyproxy } from '../../support/start-tinyproxy.ts'

describe('asking an HTTPS server', () => {
  let folder: string
  let ca: string
  let otherCa: string
  let tinyproxy: Tinyproxy
  let proxy: Proxy
  const open: (() => Promise<void>)[] = []

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-web-'))
    const authority = await createTestAuthority(folder)
    await authority.issue('server')
    await authority.issue('expired', { expired: true })
    await authority.issue('other', { hosts: ['id.corp.example'] })
    await createTestAuthority(folder, 'stranger')
    ca = await readFile(join(folder, 'ca.pem'), 'utf8')
    otherCa = await readFile(join(folder, 'stranger.pem'), 'utf8')
    tinyproxy = await startTinyproxy({ username: 'agent', password: 'sesame' })
    const authorization = `Basic ${Buffer.from('agent:sesame').toString('base64')}`
    proxy = { url: tinyproxy.url, authorization, goesAround: () => false }
  })
  afterEach(() => Promise.all(open.splice(0).map((close) => close())))
  after(async () => {
    await tinyproxy?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  /** Says back what it was asked, and from where. */
  const echo: RequestListener = (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.once('end', () => {
      const { method, url, headers, socket } = request
      const said = { method, url, body, type: headers['content-type'], host: headers.host }
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...said, from: socket.remoteAddress }))
    })
  }

  async function serve(certificate?: string, listener = echo): Promise<URL> {
    const read = (name: string) => readFile(join(folder, name), 'utf8')
    const server =
      certificate === undefined
        ? createPlainServer(listener)
        : createServer(
            { cert: await read(`${certificate}.pem`), key: await read(`${certificate}.key`) },
            listener,
          )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    })
    const { port } = server.address() as AddressInfo
    return new URL(`${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}/agents`)
  }

  for (const [how, through] of [
    ['directly', () => undefined],
    ['through a proxy', () => proxy],
  ] as const) {
    for (const certificate of ['server', undefined]) {
      const over = certificate === undefined ? 'plain HTTP' : 'TLS'
      it(`works ${how}, over ${over}`, async () => {
        const url = await serve(certificate)
        const question = { method: 'POST', body: '{"a":"ä"}', ca, proxy: through() } as const
        const answer = await askWeb(url, question)
        expect(answer).to.deep.include({ status: 201, contentType: 'application/json' })
        expect(JSON.parse(answer.body)).to.deep.equal({
          method: 'POST',
          url: '/agents',
          body: '{"a":"ä"}',
          type: 'application/json',
          host: url.host,
          from: through() === undefined ? '127.0.0.1' : tinyproxy.address,
        })
        expect(tinyproxy.tunnels().includes(url.host)).to.equal(through() !== undefined)
      })
    }

    const refused = async (url: URL, trusted = ca) => {
      const question = { method: 'GET', ca: trusted, proxy: through(), within: 2_000 } as const
      const { message } = await expectFault(askWeb(url, question), 'webDown')
      return message.replaceAll(url.origin, 'HERE')
    }

    it(`checks certificates ${how}`, async () => {
      expect(await refused(await serve('expired'))).to.equal(
        'HERE cannot be reached: certificate has expired',
      )
      expect(await refused(await serve('other'))).to.contain(
        "IP: 127.0.0.1 is not in the cert's list",
      )
      expect(await refused(await serve('server'), otherCa)).to.contain(
        'HERE cannot be reached: unable to verify the first certificate',
      )
    })

    it(`gives up ${how} where nobody answers`, async () => {
      const url = await serve('server', () => undefined)
      expect(await refused(url)).to.equal('HERE cannot be reached: no answer in time')
    })

    it(`takes no endless answer ${how}`, async () => {
      const url = await serve('server', (_, response) => {
        response.on('error', () => undefined)
        response.end('x'.repeat(300_000))
      })
      expect(await refused(url)).to.equal('HERE cannot be reached: the answer is too long')
    })
  }

  it('says that nobody is there', async () => {
    const url = new URL(`https://127.0.0.1:${await freePort()}`)
    const { message } = await expectFault(askWeb(url, { method: 'GET' }), 'webDown')
    expect(message).to.equal(`${url.origin} cannot be reached: connect ECONNREFUSED ${url.host}`)
  })

  it('says what the proxy has to say', async () => {
    const url = await serve('server')
    const { authorization: _, ...unnamed } = proxy
    const asked = askWeb(url, { method: 'GET', ca, proxy: unnamed })
    const { message } = await expectFault(asked, 'proxy')
    expect(message).to.equal(
      `the proxy ${proxy.url} does not accept the user name or the password (407)`,
    )
  })

  it('goes around the proxy where it is told to', async () => {
    const url = await serve('server')
    const around = { ...proxy, goesAround: () => true }
    const { body } = await askWeb(url, { method: 'GET', ca, proxy: around })
    expect(JSON.parse(body)).to.include({ from: '127.0.0.1' })
  })
})
