import { expect } from 'chai'
import type { BusEntry } from '../../../shared/bus.ts'
import { busContract } from '../../contracts/bus.ts'
import { storeContract } from '../../contracts/store.ts'
import { eventually } from '../../support/eventually.ts'
import { openCarriers } from '../../support/redis-carriers.ts'
import {
  type RedisTopology,
  startRedisCluster,
  startRedisSentinel,
} from '../../support/redis-topologies.ts'
import { expectFault } from '../../support/rejection.ts'

describe('Redis Cluster', () => {
  let cluster: RedisTopology

  before(async () => {
    cluster = await startRedisCluster()
  })

  after(() => cluster[Symbol.asyncDispose]())

  const open = () =>
    openCarriers({ cluster: cluster.servers.map(({ url }) => url), keyPrefix: 'postern:' })

  busContract(open)
  storeContract(open)

  it('finds all nodes through one of them, and spreads the keys', async () => {
    const [first] = cluster.servers
    const carriers = await openCarriers({ cluster: [first?.url ?? ''], keyPrefix: 'spread:' })
    const keys = Array.from({ length: 50 }, (_, index) => `key:${index}`)
    await Promise.all(keys.map((key) => carriers.store.set(key, 'value', 60_000)))
    expect(await Promise.all(keys.map((key) => carriers.store.take(key)))).to.deep.equal(
      keys.map(() => 'value'),
    )
    await carriers.dispose()
  })

  it('refuses what a dead node would hold, and goes on with it when it is back', async () => {
    const carriers = await open()
    const [, dead] = cluster.servers
    const refused = async () => {
      const sets = Array.from({ length: 50 }, (_, index) =>
        carriers.store.set(`key:${index}`, 'value', 60_000),
      )
      return (await Promise.allSettled(sets)).filter(({ status }) => status === 'rejected').length
    }
    await dead?.kill()
    expect(await refused()).to.be.within(1, 50)
    await dead?.restart()
    await eventually(async () => (await refused()) === 0, { within: 15_000 })
    await carriers.dispose()
  })
})

describe('Redis behind a Sentinel', () => {
  it('is found through it, and its successor too when it dies', async () => {
    await using servers = await startRedisSentinel()
    const sentinel = { name: 'main', hosts: [servers.sentinel.url] }
    const carriers = await openCarriers({ sentinel, keyPrefix: 'postern:' })
    const seen: BusEntry[] = []
    const onError = (error: unknown) => seen.push({ error: String(error) })
    const options = { concurrency: 4, onError }
    const consumer = carriers.bus.consume('stream', options, (entry) => void seen.push(entry))
    await carriers.bus.add('stream', { text: 'before' })
    await eventually(() => seen.length === 1)

    await servers.master.kill()
    await eventually(() => carriers.logged().length > 0)
    await expectFault(carriers.store.get('key'), 'storeDown')
    await eventually(() => carriers.store.set('key', 'value'), { within: 15_000 })
    await carriers.bus.add('stream', { text: 'after' })
    await eventually(() => void expect(seen.at(-1)).to.deep.equal({ text: 'after' }))

    await consumer.stop()
    await carriers.dispose()
  }).timeout(40_000)
})
