import { expect } from 'chai'
import type { BusEntry } from '../../../shared/bus.ts'
import { systemClock } from '../../../shared/clock.ts'
import type { Fault } from '../../../shared/fault.ts'
import { eventually } from '../../support/eventually.ts'
import { openCarriers, type RedisCarriers } from '../../support/redis-carriers.ts'
import { expectFault } from '../../support/rejection.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

describe('Redis that fails', () => {
  let server: RedisServer
  let open: RedisCarriers

  beforeEach(async () => {
    server = await startRedis()
    open = await openCarriers(server)
  })

  afterEach(async () => {
    await open.dispose()
    await server.stop()
  })

  /** A consumer and a follower of one stream; what is reported stands among the entries. */
  function subscribe() {
    const consumed: BusEntry[] = []
    const followed: BusEntry[] = []
    const note = (list: BusEntry[]) => (error: unknown) => list.push({ error: String(error) })
    const subscriptions = [
      open.bus.consume(
        'stream',
        { concurrency: 4, onError: note(consumed) },
        (entry) => void consumed.push(entry),
      ),
      open.bus.follow(
        'stream',
        { backlog: 10, onError: note(followed) },
        (entry) => void followed.push(entry),
      ),
    ]
    return {
      receive: async (text: string) => {
        await open.bus.add('stream', { text })
        await eventually(() => {
          expect(consumed.at(-1)).to.deep.equal({ text })
          expect(followed.at(-1)).to.deep.equal({ text })
        })
      },
      consumed,
      stop: () => Promise.all(subscriptions.map((subscription) => subscription.stop())),
    }
  }

  async function isBack(): Promise<void> {
    await eventually(() => open.store.set('key', 'value'), { within: 8_000 })
  }

  async function within<T>(milliseconds: number, ask: () => Promise<T>): Promise<T> {
    const begun = systemClock.now()
    try {
      return await ask()
    } finally {
      expect(systemClock.now() - begun).to.be.below(milliseconds)
    }
  }

  it('refuses at once what is asked while it is gone', async () => {
    await server.kill()
    await eventually(() => open.logged().length > 0)
    for (const ask of [
      () => open.store.get('key'),
      () => open.store.set('key', 'value', 1_000),
      () => open.store.delete('key'),
      () => open.store.take('key'),
      () => open.store.claim('key', 'value', 1_000),
      () => open.store.count('key', 1_000),
      () => open.store.append('key', 'value', { max: 1, ttl: 1_000 }),
      () => open.store.range('key'),
    ]) {
      await within(1_000, () => expectFault(ask(), 'storeDown'))
    }
    const fault = await within(1_000, () =>
      expectFault(open.bus.add('stream', { text: 'x' }), 'busDown'),
    )
    expect(fault.message).to.match(/^Redis at 127.0.0.1:\d+ is out of reach: not connected$/)
    expect(fault.cause).to.be.instanceOf(Error)
  })

  it('is used again when it is back, and said so once each', async () => {
    const subscribed = subscribe()
    await subscribed.receive('before')
    await server.kill()
    await eventually(() => open.logged().length > 0)
    await expectFault(open.bus.add('stream', { text: 'lost' }), 'busDown')
    await server.restart()
    await isBack()
    await subscribed.receive('after')
    await eventually(() => open.logged().length > 1)
    const [down, up, ...more] = open.logged()
    expect(down).to.match(/^warn: trouble with Redis: /)
    expect(up).to.equal('info: Redis works again')
    expect(more).to.deep.equal([])
    expect(subscribed.consumed).to.deep.equal([{ text: 'before' }, { text: 'after' }])
    await subscribed.stop()
  })

  it('is waited for by who subscribed while it was gone', async () => {
    await server.kill()
    const subscribed = subscribe()
    await server.restart()
    await isBack()
    await subscribed.receive('after')
    await subscribed.stop()
  })

  it('tells whoever waits for an answer when the connection breaks', async () => {
    server.pause()
    const waiting = [
      expectFault(open.store.get('key'), 'storeDown'),
      expectFault(open.store.count('key', 1_000), 'storeDown'),
      expectFault(open.bus.add('stream', { text: 'x' }), 'busDown'),
    ]
    await server.kill()
    const faults = await within(1_500, () => Promise.all(waiting))
    expect(faults[0]?.message).to.match(/is out of reach: the connection broke$/)
  })

  it('is given up when it accepts and never answers, and used again when it does', async () => {
    const subscribed = subscribe()
    await subscribed.receive('before')
    server.pause()
    await within(3_000, () =>
      Promise.all([
        expectFault(open.store.get('key'), 'storeDown'),
        expectFault(open.bus.add('stream', { text: 'x' }), 'busDown'),
      ]),
    )
    await within(1_000, () => expectFault(open.store.get('key'), 'storeDown'))
    server.resume()
    await isBack()
    await subscribed.receive('after')
    await subscribed.stop()
  }).timeout(20_000)

  it('does not keep subscriptions from stopping', async () => {
    const paused = subscribe()
    await paused.receive('x')
    server.pause()
    // The deletion of what was handled may be under way, and is waited for as any command is.
    await within(3_000, () => paused.stop())
    server.resume()
    await isBack()
    const gone = subscribe()
    await gone.receive('y')
    await server.kill()
    await eventually(() => open.logged().length > 0)
    await within(1_000, () => gone.stop())
  }).timeout(20_000)

  it('is not asked without pause while it is gone', async () => {
    const subscribed = subscribe()
    await subscribed.receive('x')
    await server.kill()
    await eventually(() => open.logged().length > 0)
    const before = process.cpuUsage()
    const begun = systemClock.now()
    await eventually(() => systemClock.now() - begun >= 1_500)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).to.be.below(500)
    await subscribed.stop()
  })

  it('that cuts connections in mid-work loses nothing it took, and hands over nothing twice', async () => {
    const killer = await openCarriers(server)
    const seen: string[] = []
    const onError = (error: unknown) => seen.push(String(error))
    const subscription = open.bus.consume('work', { concurrency: 4, onError }, async ({ text }) => {
      seen.push(text ?? '')
      // So that some are in hand and some settled when a connection is cut.
      await open.store.get('key').catch(() => undefined)
    })
    const held: string[] = []
    for (let index = 0; index < 300; index += 1) {
      const text = `entry ${index}`
      if (index % 50 === 25) await killer.client.commands.call('CLIENT', 'KILL', 'TYPE', 'normal')
      try {
        await open.bus.add('work', { text })
        held.push(text)
      } catch (error) {
        expect((error as Fault).kind).to.equal('busDown')
        await isBack()
      }
    }
    await eventually(() => void expect(seen).to.include.members(held))
    expect(new Set(seen)).to.have.property('size', seen.length)
    expect(held.length).to.be.above(280)
    await subscription.stop()
    expect(await open.client.commands.xlen('postern:work')).to.equal(0)
    await killer.dispose()
  })
})
