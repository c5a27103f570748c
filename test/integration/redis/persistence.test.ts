import { expect } from 'chai'
import { askDurability } from '../../../shared/redis/persistence.ts'
import { openCarriers, type RedisCarriers } from '../../support/redis-carriers.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

describe('how Redis keeps what it is told', () => {
  let server: RedisServer
  let carriers: RedisCarriers

  before(async () => {
    server = await startRedis()
    carriers = await openCarriers(server)
  })
  after(async () => {
    await carriers.dispose()
    await server.stop()
  })

  const commands = () => carriers.client.commands
  const asked = () => askDurability(carriers.client)

  it('is told by a server that keeps nothing', async () => {
    expect(await asked()).to.deep.equal({ isPersistent: false, evicts: false })
  })

  it('is told by one that takes snapshots, and evicts', async () => {
    await commands().config('SET', 'save', '3600 1')
    await commands().config('SET', 'maxmemory', '100mb')
    await commands().config('SET', 'maxmemory-policy', 'volatile-lru')
    expect(await asked()).to.deep.equal({ isPersistent: true, evicts: true })
  })

  it('is not told to a user who may not ask', async () => {
    const rights = ['on', 'nopass', '~*', '-@all', '+@connection']
    await commands().call('ACL', 'SETUSER', 'narrow', ...rights)
    await commands().call('AUTH', 'narrow', 'any')
    expect(await asked()).to.deep.equal({ isPersistent: undefined, evicts: undefined })
  })
})
