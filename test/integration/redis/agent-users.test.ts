import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import type { BusEntry } from '../../../shared/bus.ts'
import { systemClock } from '../../../shared/clock.ts'
import { claimKey, streams } from '../../../shared/keys.ts'
import { olderAgentRules } from '../../../shared/redis/agent-acl.ts'
import { type Carriers, openCarriers } from '../../../shared/redis/carriers.ts'
import type { RedisSettings } from '../../../shared/redis/settings.ts'
import { eventually } from '../../support/eventually.ts'
import {
  type RedisTopology,
  startRedisCluster,
  startRedisSentinel,
} from '../../support/redis-topologies.ts'
import { expectFault } from '../../support/rejection.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

const keyPrefix = 'postern:'
const passwordOf = (name: string) => `sesame-of-${name}`
const userFor = (name: string) => {
  return { name, passwordHash: createHash('sha256').update(passwordOf(name)).digest('hex') }
}
const corp1 = userFor('corp-1')
const corp2 = userFor('corp-2')

describe("agents' users of Redis", function () {
  this.timeout(20_000)
  let folder: string
  let lines: string[]
  const closes: (() => Promise<void>)[] = []

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-agent-users-'))
    for (const { name } of [corp1, corp2]) await writeFile(join(folder, name), passwordOf(name))
  })
  beforeEach(() => {
    lines = []
  })
  afterEach(async () => {
    for (const close of closes.splice(0).toReversed()) await close()
  })
  after(() => rm(folder, { recursive: true, force: true }))

  async function open(
    place: Partial<RedisSettings>,
    more: { ownsStreams?: boolean } = {},
  ): Promise<Carriers> {
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) })
    const parts = { clock: systemClock, log, folder, name: 'test', ...more }
    const carriers = await openCarriers({ keyPrefix, ...place }, parts)
    closes.push(() => carriers.close())
    return carriers
  }

  const openAs = (agent: string, place: Partial<RedisSettings>) =>
    open({ ...place, username: `agent-${agent}`, passwordFile: agent })

  function rawAs(agent: string, server: RedisServer): Redis {
    const login = { username: `agent-${agent}`, password: passwordOf(agent) }
    const redis = new Redis(server.url, { ...login, disableClientInfo: true, retryStrategy: null })
    redis.on('error', () => undefined)
    closes.push(async () => redis.disconnect())
    return redis
  }

  async function asAdmin<T>(server: RedisServer, ask: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(server.url)
    try {
      return await ask(redis)
    } finally {
      redis.disconnect()
    }
  }

  /** All that an agent does; returns once an entry of its own stream has come and gone. */
  async function worksAs(agent: string, place: Partial<RedisSettings>): Promise<void> {
    const provider = await open(place)
    const carriers = await openAs(agent, place)
    const seen: BusEntry[] = []
    const onError = (error: unknown) => seen.push({ error: String(error) })
    const stream = streams.requestsTo(agent)
    const consumer = carriers.bus.consume(stream, { concurrency: 4, onError }, (entry) => {
      seen.push(entry)
    })
    const id = `request-${agent}`
    await provider.bus.add(stream, { id })
    await eventually(() => void expect(seen).to.deep.equal([{ id }]))
    expect(await carriers.store.claim(claimKey(id), agent, 5_000)).to.equal(true)
    expect(await carriers.store.claim(claimKey(id), agent, 5_000)).to.equal(false)
    await carriers.bus.add(streams.heartbeats, { agent })
    await carriers.bus.add(streams.repliesTo('instance'), { agent })
    await consumer.stop()
    expect(lines).to.deep.equal([])
  }

  describe('on one server', () => {
    let server: RedisServer
    let provider: Carriers
    beforeEach(async () => {
      // So that they would be answered but for the rules.
      const args = ['--enable-debug-command', 'yes', '--enable-module-command', 'yes']
      server = await startRedis({ args })
      closes.push(() => server.stop())
      provider = await open({ url: server.url })
    })
    const users = () => asAdmin(server, (redis) => redis.acl('USERS'))

    it('can do what an agent does, and nothing else was tried', async () => {
      await provider.agentUsers.ensure(corp1)
      await worksAs('corp-1', { url: server.url })
      await worksAs('corp-1', { url: `${server.url}/3` })
      const refused = await asAdmin(server, (redis) => redis.acl('LOG'))
      expect(refused).to.deep.equal([])
    })

    it('can do the same by the rules for an older Redis', async () => {
      await asAdmin(server, (redis) =>
        redis.call('ACL', 'SETUSER', 'agent-corp-1', ...olderAgentRules(keyPrefix, corp1)),
      )
      await worksAs('corp-1', { url: server.url })
      const refused = await asAdmin(server, (redis) => redis.acl('LOG'))
      expect(refused).to.deep.equal([])
    })

    const own = 'postern:agent:corp-1:requests'
    const other = 'postern:agent:corp-2:requests'
    const replies = 'postern:replies:instance'
    const group = ['GROUP', 'postern', 'test']
    /** Everything an agent's user was tried with, and must be refused. */
    const tried: Readonly<Record<string, readonly (readonly string[])[]>> = {
      'the questions to another agent': [
        ['XREADGROUP', ...group, 'STREAMS', other, '>'],
        ['XREAD', 'STREAMS', other, '0'],
        ['XRANGE', other, '-', '+'],
        ['XLEN', other],
        ['XINFO', 'STREAM', other],
        ['XADD', other, '*', 'a', 'b'],
        ['XDEL', other, '1-1'],
        ['XACK', other, 'postern', '1-1'],
        ['XTRIM', other, 'MAXLEN', '0'],
        ['XGROUP', 'CREATE', other, 'mine', '0'],
        ['XGROUP', 'DESTROY', other, 'postern'],
        ['XAUTOCLAIM', other, 'postern', 'mine', '0', '0'],
        ['XCLAIM', other, 'postern', 'mine', '0', '1-1'],
        ['DEL', other],
        ['SET', other, 'x'],
        ['PEXPIRE', other, '1'],
        ['RENAME', other, own],
        ['COPY', other, own],
        ['DUMP', other],
        ['OBJECT', 'FREQ', other],
      ],
      'verdicts and heartbeats, which it may only add': [
        ['XREAD', 'STREAMS', replies, '0'],
        ['XREADGROUP', ...group, 'STREAMS', replies, '>'],
        ['XRANGE', replies, '-', '+'],
        ['XREVRANGE', replies, '+', '-'],
        ['XGROUP', 'CREATE', replies, 'mine', '0'],
        ['XDEL', replies, '1-1'],
        ['SET', replies, 'x'],
        ['DEL', replies],
        ['XREAD', 'STREAMS', 'postern:heartbeats', '0'],
        ['XRANGE', 'postern:heartbeats', '-', '+'],
        ['SET', 'postern:heartbeats', 'x'],
        ['DEL', 'postern:heartbeats'],
        ['TYPE', 'postern:heartbeats'],
      ],
      'claims, which it may only make': [
        ['GET', 'postern:claim:{id}'],
        ['GETDEL', 'postern:claim:{id}'],
        ['GETSET', 'postern:claim:{id}', 'x'],
        ['SET', 'postern:claim:{id}', 'x', 'GET'],
        ['DEL', 'postern:claim:{id}'],
        ['APPEND', 'postern:claim:{id}', 'x'],
      ],
      'sessions, secrets and whatever else there is': [
        ['GET', 'postern:oidc:Session:secret'],
        ['SET', 'postern:oidc:Session:secret', 'x'],
        ['GETDEL', 'postern:oidc:Session:secret'],
        ['DEL', 'postern:oidc:Session:secret'],
        ['EXISTS', 'postern:oidc:Session:secret'],
        ['GET', 'postern:agents:all'],
        ['SET', 'postern:agents:all', 'x'],
        ['SET', 'postern:sent:{id}', 'x'],
        ['GET', 'postern:sent:{id}'],
        ['XADD', 'postern:agents', '*', 'revocation', 'x'],
        ['XADD', 'postern:providers', '*', 'a', 'b'],
        ['LRANGE', 'postern:list', '0', '-1'],
        ['GET', 'of-somebody-else'],
        ['MGET', 'postern:claim:{id}', 'postern:oidc:Session:secret'],
        ['KEYS', '*'],
        ['SCAN', '0'],
        ['RANDOMKEY'],
        ['DBSIZE'],
        ['SORT', own, 'BY', 'nosort', 'GET', 'postern:oidc:*'],
      ],
      'what an admin does': [
        ['ACL', 'WHOAMI'],
        ['ACL', 'LIST'],
        ['ACL', 'SETUSER', 'agent-corp-1', '+@all', '~*'],
        ['ACL', 'DELUSER', 'agent-corp-2'],
        ['CONFIG', 'GET', '*'],
        ['CONFIG', 'SET', 'requirepass', ''],
        ['CLIENT', 'LIST'],
        ['CLIENT', 'KILL', 'TYPE', 'normal'],
        ['CLIENT', 'PAUSE', '10000'],
        ['CLIENT', 'NO-EVICT', 'on'],
        ['CLIENT', 'TRACKING', 'ON', 'BCAST'],
        ['FLUSHALL'],
        ['FLUSHDB'],
        ['SWAPDB', '0', '1'],
        ['SHUTDOWN', 'NOSAVE'],
        ['DEBUG', 'SLEEP', '1'],
        ['MONITOR'],
        ['SLAVEOF', '127.0.0.1', '1'],
        ['REPLICAOF', 'NO', 'ONE'],
        ['SYNC'],
        ['PSYNC', '?', '-1'],
        ['FAILOVER'],
        ['CLUSTER', 'RESET'],
        ['CLUSTER', 'FORGET', 'x'],
        ['MODULE', 'LIST'],
        ['MODULE', 'LOAD', '/tmp/x.so'],
        ['SAVE'],
        ['BGSAVE'],
        ['SLOWLOG', 'GET'],
        ['LATENCY', 'LATEST'],
        ['MEMORY', 'STATS'],
        ['COMMAND', 'LIST'],
        ['WAIT', '1', '0'],
      ],
      'scripts, transactions and channels': [
        ['EVAL', 'return redis.call("KEYS", "*")', '0'],
        ['EVALSHA', 'a'.repeat(40), '0'],
        ['FCALL', 'x', '0'],
        ['FUNCTION', 'LIST'],
        ['SCRIPT', 'FLUSH'],
        ['MULTI'],
        ['WATCH', 'postern:oidc:Session:secret'],
        ['SUBSCRIBE', 'x'],
        ['PSUBSCRIBE', '*'],
        ['PUBLISH', 'x', 'y'],
        ['SPUBLISH', 'x', 'y'],
        ['MIGRATE', '127.0.0.1', '1', 'postern:oidc:Session:secret', '0', '10'],
        ['RESTORE', 'postern:claim:{x}', '0', 'x'],
      ],
    }

    for (const [what, attempts] of Object.entries(tried)) {
      it(`cannot touch ${what}`, async () => {
        await provider.agentUsers.ensure(corp1)
        await provider.agentUsers.ensure(corp2)
        await asAdmin(server, async (redis) => {
          await redis.set('postern:oidc:Session:secret', 'secret')
          await redis.set('postern:claim:{id}', 'corp-2')
          await redis.xadd(other, '1-1', 'question', 'sealed')
          await redis.xadd(replies, '1-1', 'verdict', 'sealed')
          await redis.xgroup('CREATE', other, 'postern', '0')
          await redis.xgroup('CREATE', replies, 'postern', '0')
        })
        const redis = rawAs('corp-1', server)
        for (const [command = '', ...args] of attempts) {
          const answer = await redis.call(command, ...args).then(
            (value) => `answered ${JSON.stringify(value)}`,
            (error: Error) => error.message,
          )
          expect(answer, [command, ...args].join(' ')).to.match(/^NOPERM /)
        }
        await asAdmin(server, async (admin) => {
          expect(await admin.get('postern:oidc:Session:secret')).to.equal('secret')
          expect(await admin.xlen(other)).to.equal(1)
          expect(await admin.xlen(replies)).to.equal(1)
        })
      })
    }

    for (const [what, stream] of [
      ['heartbeats', streams.heartbeats],
      ['verdicts', streams.repliesTo('instance')],
    ] as const) {
      it(`cannot end a stream for good by its highest id: ${what}`, async () => {
        await provider.agentUsers.ensure(corp1)
        await provider.agentUsers.ensure(corp2)
        const { bus } = await open({ url: server.url }, { ownsStreams: true })
        const seen: BusEntry[] = []
        const onError = () => undefined
        const reading =
          what === 'heartbeats'
            ? bus.follow(stream, { backlog: 0, onError }, (entry) => void seen.push(entry))
            : bus.consume(stream, { concurrency: 1, onError }, (entry) => void seen.push(entry))
        closes.push(() => reading.stop())
        const honest = await openAs('corp-2', { url: server.url })
        await eventually(() => honest.bus.add(stream, { from: 'corp-2' }))
        await eventually(() => seen.some(({ from }) => from === 'corp-2'))
        const highest = `${2n ** 64n - 1n}-${2n ** 64n - 1n}`
        // Gone again before anybody has read it.
        const trimmed = [`postern:${stream}`, 'MAXLEN', '0', highest, 'a', 'b']
        await rawAs('corp-1', server).call('XADD', ...trimmed)
        await expectFault(honest.bus.add(stream, { from: 'corp-2' }), 'busDown')
        seen.length = 0
        await eventually(() => honest.bus.add(stream, { from: 'corp-2' }), { within: 8_000 })
        await eventually(() => seen.some(({ from }) => from === 'corp-2'), { within: 8_000 })
      })
    }

    it('keep to their own prefix, also where that looks like a pattern', async () => {
      const odd = await open({ url: server.url, keyPrefix: 'p*[x]:' })
      await odd.agentUsers.ensure(corp1)
      await worksAs('corp-1', { url: server.url, keyPrefix: 'p*[x]:' })
      const redis = rawAs('corp-1', server)
      const attempt = redis.call('XADD', 'pqx:heartbeats', '*', 'a', 'b')
      expect(await attempt.catch((error: Error) => error.message)).to.match(/^NOPERM/)
    })

    it('are put back when Redis has lost them, or somebody has changed them', async () => {
      const wanted = [corp1, corp2]
      await provider.agentUsers.repair(wanted, [])
      const listed = () =>
        asAdmin(server, async (redis) => {
          const all = await redis.acl('LIST')
          return all.map((line) => line.split(/[ ()]+/).toSorted())
        })
      const before = await listed()
      await provider.agentUsers.repair(wanted, [])
      expect(await listed()).to.deep.equal(before)
      await asAdmin(server, (redis) => redis.call('ACL', 'SETUSER', 'agent-corp-1', '+@all', '~*'))
      await asAdmin(server, (redis) => redis.acl('DELUSER', 'agent-corp-2'))
      await provider.agentUsers.repair(wanted, [])
      expect(await listed()).to.deep.equal(before)
      await server.restart()
      await eventually(() => provider.agentUsers.repair(wanted, []), { within: 8_000 })
      expect(await listed()).to.deep.equal(before)
    })

    it('end with their connections when they are removed, and others stay', async () => {
      await provider.agentUsers.repair([corp1, corp2], [])
      await asAdmin(server, (redis) => redis.call('ACL', 'SETUSER', 'app', 'on', '>x'))
      const connected = rawAs('corp-1', server)
      await connected.ping()
      const closed = new Promise((resolve) => connected.once('close', resolve))
      await provider.agentUsers.remove('corp-1')
      await closed
      expect(await users()).to.have.members(['agent-corp-2', 'app', 'default'])
      await provider.agentUsers.remove('corp-1')
      await provider.agentUsers.repair([], ['corp-2'])
      expect(await users()).to.have.members(['app', 'default'])
    })

    it('say where each agent comes from', async () => {
      await provider.agentUsers.ensure(corp1)
      expect(await provider.agentUsers.connections()).to.deep.equal([])
      await openAs('corp-1', { url: server.url })
      expect(await provider.agentUsers.connections()).to.deep.equal([
        { agent: 'corp-1', address: '127.0.0.1' },
      ])
    })

    it('cannot be made by a provider that has no right to, which says so', async () => {
      await asAdmin(server, (redis) =>
        redis.call(
          'ACL',
          'SETUSER',
          'agent-corp-1',
          'on',
          `>${passwordOf('corp-1')}`,
          '+@all',
          '-acl',
        ),
      )
      const powerless = await openAs('corp-1', { url: server.url })
      const { message } = await expectFault(powerless.agentUsers.ensure(corp2), 'settings')
      expect(message).to.match(/does not let us make users .*agentRedisUsers: false$/)
    })
  })

  it('are written to the file that Redis takes users from, if it has one', async () => {
    const file = join(folder, 'users.acl')
    await writeFile(file, 'user default on nopass ~* &* +@all\n')
    const server = await startRedis({ args: ['--aclfile', file] })
    closes.push(() => server.stop())
    const provider = await open({ url: server.url })
    await provider.agentUsers.ensure(corp1)
    expect(await readFile(file, 'utf8')).to.contain(`user agent-corp-1 on`)
    await server.restart()
    const redis = rawAs('corp-1', server)
    expect(await redis.ping()).to.equal('PONG')
  })

  it('are on every node of a cluster', async () => {
    const cluster: RedisTopology = await startRedisCluster()
    closes.push(async () => cluster[Symbol.asyncDispose]())
    const place = { cluster: cluster.servers.map(({ url }) => url) }
    const provider = await open(place)
    await provider.agentUsers.ensure(corp1)
    for (const server of cluster.servers) {
      const found = await asAdmin(server, (redis) => redis.acl('USERS'))
      expect(found).to.include('agent-corp-1')
    }
    await worksAs('corp-1', place)
  })

  it('are on the replica of a master too, so that a failover changes nothing', async () => {
    const servers = await startRedisSentinel()
    closes.push(async () => servers[Symbol.asyncDispose]())
    const place = { sentinel: { name: 'main', hosts: [servers.sentinel.url] } }
    const provider = await open(place)
    await provider.agentUsers.ensure(corp1)
    for (const server of [servers.master, servers.replica]) {
      await provider.agentUsers.repair([corp1], [])
      const stats = await asAdmin(server, (redis) => redis.info('commandstats'))
      expect(stats, 'made once, and then found to be right').to.match(/acl\|setuser:calls=1,/)
    }
    const onReplica = await asAdmin(servers.replica, (redis) => redis.acl('USERS'))
    expect(onReplica).to.include('agent-corp-1')
    const agent = await openAs('corp-1', place)
    await servers.master.kill()
    const claims = () => agent.store.claim(claimKey('after'), 'corp-1', 9_000)
    await eventually(claims, { within: 15_000 })
    await eventually(() => provider.agentUsers.repair([corp1], []), { within: 8_000 })
  }).timeout(40_000)
})
