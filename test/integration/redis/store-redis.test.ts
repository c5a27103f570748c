import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { systemClock } from '../../../shared/clock.ts'
import { sealedStore } from '../../../shared/sealed-store.ts'
import { storeContract } from '../../contracts/store.ts'
import { openCarriers } from '../../support/redis-carriers.ts'
import { expectFault } from '../../support/rejection.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

describe('store in Redis', () => {
  let server: RedisServer

  before(async () => {
    server = await startRedis()
  })

  after(() => server.stop())

  storeContract(() => openCarriers(server))

  describe('sealed', () => {
    const dataKey = randomBytes(32)
    storeContract(async () => {
      const { store, dispose } = await openCarriers(server)
      return { store: sealedStore(store, dataKey, systemClock), dispose }
    })
  })

  it('keeps all of its keys under the prefix', async () => {
    const open = await openCarriers({ url: server.url, keyPrefix: 'elsewhere:' })
    await open.store.set('session:1', 'value')
    expect(await open.client.commands.get('elsewhere:session:1')).to.equal('value')
    await open.dispose()
  })

  it('leaves nothing without an end that was given one', async () => {
    const open = await openCarriers({ url: server.url, keyPrefix: 'ends:' })
    await open.store.set('value', 'x', 60_000)
    await open.store.claim('claim', 'x', 60_000)
    await open.store.count('count', 60_000)
    await open.store.count('count', 60_000)
    await open.store.append('list', 'x', { max: 2, ttl: 60_000 })
    await open.store.append('list', 'y', { max: 2, ttl: 60_000 })
    for (const key of ['value', 'claim', 'count', 'list']) {
      expect(await open.client.commands.pttl(`ends:${key}`), key).to.be.within(50_000, 60_000)
    }
    await open.dispose()
  })

  it('is shared: of two processes one wins a claim', async () => {
    const [one, other] = await Promise.all([openCarriers(server), openCarriers(server)])
    const won = await Promise.all([
      one.store.claim('claim:shared', 'one', 60_000),
      other.store.claim('claim:shared', 'other', 60_000),
    ])
    expect(won.filter(Boolean)).to.have.lengthOf(1)
    await Promise.all([one.dispose(), other.dispose()])
  })

  it('says what Redis answered, and not what it was asked', async () => {
    const open = await openCarriers(server)
    await open.store.append('list', 'x', { max: 2, ttl: 60_000 })
    const fault = await expectFault(open.store.get('list'), 'storeDown')
    expect(fault.message).to.match(/^Redis at 127.0.0.1:\d+ answered: WRONGTYPE /)
    expect(fault.cause).to.be.instanceOf(Error).and.not.have.property('command')
    const inTransaction = open.store.count('list', 60_000)
    expect((await expectFault(inTransaction, 'storeDown')).message).to.match(/WRONGTYPE/)
    await open.dispose()
  })
})
