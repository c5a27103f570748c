import { expect } from 'chai'
import type { BusEntry, Subscription } from '../../../shared/bus.ts'
import { randomId, systemClock } from '../../../shared/clock.ts'
import { Fault } from '../../../shared/fault.ts'
import { busContract } from '../../contracts/bus.ts'
import { eventually } from '../../support/eventually.ts'
import { openCarriers, type RedisCarriers } from '../../support/redis-carriers.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'
import { type Line, startTcpProxy } from '../../support/tcp-proxy.ts'

describe('bus over Redis', () => {
  let server: RedisServer
  let open: RedisCarriers
  let stream: string
  let key: string

  before(async () => {
    server = await startRedis()
  })

  after(() => server.stop())

  beforeEach(async () => {
    open = await openCarriers(server)
    stream = randomId(systemClock)
    key = `postern:${stream}`
  })

  afterEach(() => open.dispose())

  busContract(() => openCarriers(server))

  /** Consumes until the test ends it; whatever is reported is kept. */
  function consume({ bus }: RedisCarriers, options: { concurrency?: number } = {}) {
    const entries: BusEntry[] = []
    const errors: unknown[] = []
    const onError = (error: unknown) => errors.push(error)
    const subscription: Subscription = bus.consume(
      stream,
      { concurrency: options.concurrency ?? 8, onError },
      (entry) => void entries.push(entry),
    )
    return { entries, errors, stop: () => subscription.stop() }
  }

  const now = () => systemClock.now()

  it('leaves nothing behind of what was handled', async () => {
    const consumer = consume(open)
    for (let index = 0; index < 50; index += 1) await open.bus.add(stream, { index: `${index}` })
    await eventually(() => consumer.entries.length === 50)
    await consumer.stop()
    expect(await open.client.commands.xlen(key)).to.equal(0)
    const [pending] = await open.client.commands.xpending(key, 'postern')
    expect(pending).to.equal(0)
  })

  it('trims a stream to about its length', async () => {
    const short = await openCarriers(server, { maxLength: 100 })
    await Promise.all(Array.from({ length: 1_000 }, () => short.bus.add(stream, { text: 'x' })))
    expect(await open.client.commands.xlen(key)).to.be.within(100, 300)
    await short.dispose()
  })

  it('trims away what is older than a minute', async () => {
    const old = `${now() - 61_000}-0`
    const recent = `${now() - 50_000}-0`
    await open.client.commands.xadd(key, old, 'text', 'old')
    await open.client.commands.xadd(key, recent, 'text', 'recent')
    await open.bus.add(stream, { text: 'new' })
    await eventually(async () => {
      const left = await open.client.commands.xrange(key, '-', '+')
      expect(left.map(([, fields]) => fields[1])).to.deep.equal(['recent', 'new'])
    })
  })

  it('lets a stream end an hour after the last that was added', async () => {
    await open.bus.add(stream, { text: 'x' })
    await eventually(async () => {
      expect(await open.client.commands.pttl(key)).to.be.within(3_500_000, 3_600_000)
    })
  })

  it('lets a stream end that was only listened to', async () => {
    const consumer = consume(open)
    await eventually(async () => {
      expect(await open.client.commands.pttl(key)).to.be.within(3_500_000, 3_600_000)
    })
    await consumer.stop()
  })

  it('hands over what an earlier run had in hand when it died, before anything new', async () => {
    const commands = open.client.commands
    await commands.xgroup('CREATE', key, 'postern', '0', 'MKSTREAM')
    for (const text of ['a', 'b', 'c']) await open.bus.add(stream, { text })
    await commands.xreadgroup('GROUP', 'postern', 'test', 'COUNT', 2, 'STREAMS', key, '>')
    const consumer = consume(open, { concurrency: 1 })
    await eventually(() => {
      expect(consumer.entries).to.deep.equal([{ text: 'a' }, { text: 'b' }, { text: 'c' }])
    })
    await consumer.stop()
    expect(await commands.xlen(key)).to.equal(0)
  })

  it('reports and clears what was in hand and has been trimmed away since', async () => {
    const commands = open.client.commands
    await commands.xgroup('CREATE', key, 'postern', '0', 'MKSTREAM')
    await open.bus.add(stream, { text: 'a' })
    await commands.xreadgroup('GROUP', 'postern', 'test', 'STREAMS', key, '>')
    await commands.xtrim(key, 'MAXLEN', 0)
    const consumer = consume(open)
    await open.bus.add(stream, { text: 'b' })
    await eventually(() => {
      expect(consumer.entries).to.deep.equal([{ text: 'b' }])
      expect(consumer.errors.map((error) => (error as Fault).kind)).to.deep.equal(['badMessage'])
    })
    await consumer.stop()
    const [pending] = await commands.xpending(key, 'postern')
    expect(pending).to.equal(0)
  })

  it('hands over entries that others have written, whatever is in them', async () => {
    const consumer = consume(open)
    const commands = open.client.commands
    await commands.xadd(key, '*', '', '')
    await commands.xadd(key, '*', Buffer.from([0xff, 0xfe]), Buffer.from([0x80, 0x00]))
    await commands.xadd(key, '*', 'twice', '1', 'twice', '2')
    await commands.xadd(key, '*', 'constructor', 'x', 'text', 'x'.repeat(1_000_000))
    await open.bus.add(stream, { text: 'ours' })
    await eventually(() => consumer.entries.length === 5)
    expect(consumer.entries[0]).to.deep.equal({ '': '' })
    expect(consumer.entries[2]).to.deep.equal({ twice: '2' })
    expect(consumer.entries[4]).to.deep.equal({ text: 'ours' })
    expect(consumer.errors).to.deep.equal([])
    await consumer.stop()
    expect(await commands.xlen(key)).to.equal(0)
  })

  it('goes on when all of Redis is flushed', async () => {
    const consumer = consume(open)
    const followed: BusEntry[] = []
    const follower = open.bus.follow(
      stream,
      { backlog: 0, onError: (error) => followed.push({ error: String(error) }) },
      (entry) => void followed.push(entry),
    )
    await open.bus.add(stream, { text: 'before' })
    await eventually(() => consumer.entries.length === 1)
    await open.client.commands.flushall()
    await open.bus.add(stream, { text: 'after' })
    await eventually(() => {
      expect(consumer.entries.at(-1)).to.deep.equal({ text: 'after' })
      expect(followed.at(-1)).to.deep.equal({ text: 'after' })
    })
    expect(open.logged()).to.deep.equal([])
    await Promise.all([consumer.stop(), follower.stop()])
  })

  it('hands over what was lost with a connection on its way', async () => {
    let cut = false
    const onReply = (piece: Buffer, line: Line) => {
      if (cut || !piece.includes('on its way')) return piece
      cut = true
      line.cut()
      return Buffer.alloc(0)
    }
    await using proxy = await startTcpProxy(server.port, { onReply })
    const behind = await openCarriers({ url: `redis://127.0.0.1:${proxy.port}` })
    const consumer = consume(behind)
    await open.bus.add(stream, { text: 'begin' })
    await eventually(() => consumer.entries.length === 1)
    await open.bus.add(stream, { text: 'on its way' })
    await eventually(() => {
      expect(consumer.entries).to.deep.equal([{ text: 'begin' }, { text: 'on its way' }])
    })
    expect(cut).to.equal(true)
    await consumer.stop()
    await behind.dispose()
  })

  it('does not hand over again what is in hand when its group is lost', async () => {
    const inHand = Promise.withResolvers<void>()
    const seen: string[] = []
    const onError = (error: unknown) => seen.push(String(error))
    const subscription = open.bus.consume(stream, { concurrency: 8, onError }, async ({ text }) => {
      seen.push(text ?? '')
      if (text === 'long') await inHand.promise
    })
    await open.bus.add(stream, { text: 'long' })
    await eventually(() => seen.length === 1)
    await open.client.commands.xgroup('DESTROY', key, 'postern')
    await open.bus.add(stream, { text: 'next' })
    await eventually(() => void expect(seen).to.deep.equal(['long', 'next']))
    inHand.resolve()
    await subscription.stop()
    expect(seen).to.deep.equal(['long', 'next'])
    expect(await open.client.commands.xlen(key)).to.equal(0)
  })

  it('waits for a key that is no stream to become one, and says so once', async () => {
    const commands = open.client.commands
    await commands.set(key, 'a string')
    const consumer = consume(open)
    await eventually(() => open.logged().length === 1)
    expect(open.logged()[0]).to.match(/^warn: trouble with Redis: WRONGTYPE/)
    await commands.del(key)
    await open.bus.add(stream, { text: 'x' })
    await eventually(() => void expect(consumer.entries).to.deep.equal([{ text: 'x' }]))
    await eventually(() => open.logged().length === 2)
    expect(open.logged()[1]).to.equal('info: Redis works again')
    await consumer.stop()
  })

  it('follows a stream that begins anew below its old end', async () => {
    const followed: BusEntry[] = []
    const onError = (error: unknown) => followed.push({ error: String(error) })
    const ahead = `${now() + 3_600_000}-0`
    await open.client.commands.xadd(key, ahead, 'text', 'before')
    const follower = open.bus.follow(stream, { backlog: 1, onError }, (entry) => {
      followed.push(entry)
    })
    await eventually(() => followed.length === 1)
    await open.client.commands.del(key)
    await open.bus.add(stream, { text: 'after' })
    await eventually(() => followed.length === 2)
    expect(followed).to.deep.equal([{ text: 'before' }, { text: 'after' }])
    await follower.stop()
  })
})
