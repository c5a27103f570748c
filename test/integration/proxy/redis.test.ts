import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import type { BusEntry } from '../../../shared/bus.ts'
import { systemClock } from '../../../shared/clock.ts'
import { type Proxy, reach } from '../../../shared/proxy.ts'
import { openCarriers } from '../../../shared/redis/carriers.ts'
import type { RedisSettings } from '../../../shared/redis/settings.ts'
import { createTestAuthority } from '../../support/certificates.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { startRedisCluster, startRedisSentinel } from '../../support/redis-topologies.ts'
import { expectFault } from '../../support/rejection.ts'
import { type RedisServer, type RedisTls, startRedis } from '../../support/start-redis.ts'
import { startTinyproxy, type Tinyproxy } from '../../support/start-tinyproxy.ts'

const authorization = `Basic ${Buffer.from('agent:sesame').toString('base64')}`

describe('Redis through an HTTP proxy', function () {
  this.timeout(30_000)
  let folder: string
  let tls: RedisTls
  let tinyproxy: Tinyproxy
  let proxy: Proxy

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-proxied-'))
    const authority = await createTestAuthority(folder)
    await authority.issue('server')
    const file = (name: string) => join(folder, name)
    const files = {
      caFile: file('ca.pem'),
      certFile: file('server.pem'),
      keyFile: file('server.key'),
    }
    tls = { ...files, asksForCertificate: false }
    tinyproxy = await startTinyproxy({ username: 'agent', password: 'sesame' })
    proxy = { url: tinyproxy.url, authorization, goesAround: () => false }
  })
  after(async () => {
    await tinyproxy?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const open = (settings: Omit<RedisSettings, 'keyPrefix'>, through = proxy) => {
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) })
    const parts = { clock: systemClock, log, folder, name: 'proxied', proxy: through }
    const opened = openCarriers({ keyPrefix: 'postern:', ...settings }, parts)
    return opened.then((carriers) => ({ ...carriers, logged: () => lines.join('') }))
  }

  /** Stores, adds, consumes and follows; nothing may come but from the proxy. */
  async function works(
    settings: Omit<RedisSettings, 'keyPrefix'>,
    servers: readonly RedisServer[],
  ): Promise<void> {
    const carriers = await open(settings)
    const seen: BusEntry[] = []
    const onError = (error: unknown) => seen.push({ error: String(error) })
    const take = (entry: BusEntry) => void seen.push(entry)
    const consumer = carriers.bus.consume('consumed', { concurrency: 4, onError }, take)
    const follower = carriers.bus.follow('followed', { backlog: 4, onError }, take)
    for (const stream of ['consumed', 'followed']) await carriers.bus.add(stream, { stream })
    await Promise.all(
      Array.from({ length: 9 }, (_, index) => carriers.store.set(`key:${index}`, 'value', 9_000)),
    )
    await eventually(() => void expect(seen).to.have.length(2))
    const addresses = await Promise.all(servers.map((server) => addressesAt(server, tls)))
    for (const address of addresses.flat()) expect(address).to.equal(tinyproxy.address)
    expect(addresses.flat()).not.to.have.length(0)
    await Promise.all([consumer.stop(), follower.stop()])
    await carriers.close()
  }

  it('works, and nothing goes around it', async () => {
    await using server = await startRedis()
    await works({ url: server.url }, [server])
    expect(tinyproxy.tunnels()).to.include(`127.0.0.1:${server.port}`)
  })

  it('works with TLS inside the tunnel', async () => {
    await using server = await startRedis({ tls })
    await works({ url: server.url, caFile: 'ca.pem' }, [server])
  })

  it('checks the certificate inside the tunnel', async () => {
    await using server = await startRedis({ tls })
    const strange = await expectFault(open({ url: server.url }), 'settings')
    expect(strange.message).to.contain('has a certificate that is not trusted')
    const url = server.url.replace('127.0.0.1', 'localhost')
    const other = await expectFault(open({ url, caFile: 'ca.pem' }), 'settings')
    expect(other.message).to.match(/not trusted: .*altnames/)
  })

  it('works with a cluster', async () => {
    await using cluster = await startRedisCluster()
    const [first] = cluster.servers
    await works({ cluster: [first?.url ?? ''] }, cluster.servers)
  })

  it('works with Sentinels, and finds the new master when one dies', async () => {
    await using servers = await startRedisSentinel()
    const gone = `redis://127.0.0.1:${await freePort()}`
    const settings = { sentinel: { name: 'main', hosts: [gone, servers.sentinel.url] } }
    await works(settings, [servers.master, servers.sentinel])
    const carriers = await open(settings)
    await servers.master.kill()
    await eventually(() => carriers.store.set('key', 'value'), { within: 15_000 })
    expect(await addressesAt(servers.replica, tls)).to.deep.equal([tinyproxy.address])
    await carriers.close()
    const unknown = open({ sentinel: { name: 'other', hosts: [servers.sentinel.url] } })
    const { message } = await expectFault(unknown, 'storeDown')
    expect(message).to.contain('it knows no master called other')
  }).timeout(40_000)

  it('stands as long as it is used, however short the time was to make it', async () => {
    await using server = await startRedis()
    for (const through of [proxy, { ...proxy, goesAround: () => true }]) {
      const given = new AbortController()
      const socket = await reach(through, { host: '127.0.0.1', port: server.port }, given.signal)
      given.abort()
      socket.write('PING\r\n')
      const [answer] = (await once(socket, 'data')) as [Buffer]
      expect(String(answer)).to.equal('+PONG\r\n')
      socket.destroy()
    }
  })

  it('goes around it where it is told to', async () => {
    await using server = await startRedis({ tls })
    const carriers = await open(
      { url: server.url, caFile: 'ca.pem' },
      { url: 'http://127.0.0.1:1', goesAround: ({ port }) => port === server.port },
    )
    await carriers.store.set('key', 'value')
    expect(await addressesAt(server, tls)).to.deep.equal(['127.0.0.1'])
    await carriers.close()
  })

  describe('that refuses', () => {
    let server: RedisServer
    before(async () => {
      server = await startRedis()
    })
    after(() => server.stop())
    const said = async (through: Proxy, url = server.url) => {
      const { message } = await expectFault(open({ url }, through), 'proxy')
      expect(message).not.to.contain('sesame')
      return message.replaceAll(/127.0.0.1:\d+/g, 'HERE')
    }
    const start = 'Redis at HERE cannot be reached: the proxy http://HERE'

    it('says that the password is missing or wrong', async () => {
      const { url, goesAround } = proxy
      const text = `${start} does not accept the user name or the password`
      expect(await said({ url, goesAround })).to.equal(`${text} (407)`)
      const wrong = `Basic ${Buffer.from('agent:barley').toString('base64')}`
      expect(await said({ ...proxy, authorization: wrong })).to.match(/password \(40[17]\)$/)
    })

    it('says that it does not let us go there', async () => {
      await using strict = await startTinyproxy({ ports: [443] })
      expect(await said({ ...proxy, url: strict.url })).to.equal(
        `${start} does not let us connect to HERE (403)`,
      )
    })

    it('says that it cannot reach Redis', async () => {
      const url = `redis://127.0.0.1:${await freePort()}`
      expect(await said(proxy, url)).to.match(
        /the proxy http:\/\/HERE could not connect to HERE: it answered 50\d /,
      )
    })

    it('says that it is no proxy', async () => {
      expect(await said({ ...proxy, url: server.url.replace('redis', 'http') })).to.contain(
        `${start} failed: `,
      )
    })

    it('says that nobody is there, and that nobody answers', async () => {
      const url = `http://127.0.0.1:${await freePort()}`
      expect(await said({ ...proxy, url })).to.equal(`${start} failed: connect ECONNREFUSED HERE`)
      tinyproxy.pause()
      try {
        expect(await said(proxy)).to.equal(`${start} did not answer in time`)
      } finally {
        tinyproxy.resume()
      }
    })
  })

  it('is connected to again by itself when the proxy has died, or hung', async () => {
    await using server = await startRedis()
    const carriers = await open({ url: server.url })
    const isBack = () => eventually(() => carriers.store.set('key', 'value'), { within: 15_000 })
    await carriers.store.set('key', 'value')
    await tinyproxy.kill()
    await eventually(() => carriers.logged().includes('trouble with Redis'))
    await expectFault(carriers.store.get('key'), 'storeDown')
    await tinyproxy.restart()
    await isBack()
    tinyproxy.pause()
    await expectFault(carriers.store.get('key'), 'storeDown')
    tinyproxy.resume()
    await isBack()
    expect(carriers.logged()).to.contain('Redis works again')
    await carriers.close()
  })
})

/** Where those come from who are connected, but for this very look. */
async function addressesAt({ url }: RedisServer, { caFile }: RedisTls): Promise<string[]> {
  const tls = url.startsWith('rediss') ? { tls: { ca: await readFile(caFile, 'utf8') } } : {}
  const redis = new Redis(url, { ...tls, connectionName: 'the-test', enableReadyCheck: false })
  const list = String(await redis.client('LIST', 'TYPE', 'NORMAL'))
  redis.disconnect()
  const lines = list.split('\n').filter((line) => / name=postern:/.test(line))
  return [...new Set(lines.map((line) => / addr=(.*?):\d+ /.exec(line)?.[1] ?? ''))]
}
