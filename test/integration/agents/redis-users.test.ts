import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { type AgentDirectory, openDirectory } from '../../../provider/agents/directory.ts'
import { noJournal } from '../../../provider/agents/journal.ts'
import { createQuarantine } from '../../../provider/agents/quarantine.ts'
import { openRedisAccess } from '../../../provider/agents/redis-access.ts'
import { keepRedisUsers } from '../../../provider/agents/redis-users.ts'
import { fixedChannelKeys } from '../../../provider/broker/channel-keys.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createIdentity, signingKey } from '../../../shared/envelope-keys.ts'
import type { Proxy } from '../../../shared/proxy.ts'
import type { AgentUsers } from '../../../shared/redis/agent-users.ts'
import { type Carriers, openCarriers } from '../../../shared/redis/carriers.ts'
import { eventually } from '../../support/eventually.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'
import { startTinyproxy } from '../../support/start-tinyproxy.ts'

const password = 'sesame-of-the-agent'
const passwordHash = createHash('sha256').update(password).digest('hex')

describe("what a provider does about agents' users of Redis", function () {
  this.timeout(20_000)
  let folder: string
  let redis: RedisServer
  let provider: Carriers
  let directory: AgentDirectory
  let lines: string[]
  let alerts: string[]
  let ends: AsyncDisposableStack

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-redis-users-'))
    await writeFile(join(folder, 'agent.password'), password)
  })
  after(() => rm(folder, { recursive: true, force: true }))
  beforeEach(async () => {
    lines = []
    alerts = []
    ends = new AsyncDisposableStack()
    redis = ends.use(await startRedis())
    provider = await open({})
    const { privatePem } = await createIdentity()
    directory = await openDirectory({
      store: provider.store,
      bus: provider.bus,
      clock: systemClock,
      log: logger(),
      journal: noJournal,
      channelKeys: fixedChannelKeys(await signingKey(privatePem)),
    })
    ends.defer(() => directory.stop())
  })
  afterEach(() => ends.disposeAsync())

  const logger = () => pino({ level: 'info' }, { write: (line: string) => lines.push(line) })

  async function open(login: { username?: string; passwordFile?: string }, proxy?: Proxy) {
    const parts = { clock: systemClock, log: logger(), folder, name: 'test', proxy }
    const carriers = await openCarriers({ url: redis.url, keyPrefix: 'postern:', ...login }, parts)
    ends.defer(() => carriers.close())
    return carriers
  }
  const openAsAgent = (proxy?: Proxy) =>
    open({ username: 'agent-corp-1', passwordFile: 'agent.password' }, proxy)

  function keep(makesUsers = true) {
    const quarantine = createQuarantine({
      directory,
      alerts: { raise: ({ name, agent, detail }) => alerts.push(`${name} ${agent} ${detail}`) },
      successes: { of: async () => [] },
      log: logger(),
    })
    const { agentUsers } = provider
    const keeping = keepRedisUsers({ agentUsers, directory, quarantine, log: logger(), makesUsers })
    ends.defer(() => keeping.stop())
  }

  const enrol = (networks: readonly string[] = []) =>
    directory.put('corp-1', () => ({
      name: 'corp-1',
      enrolment: 'an-enrolment',
      realms: ['corp'],
      state: 'approved',
      fingerprint: 'f',
      networks,
      enrolledAt: 1,
      redisPasswordHash: passwordHash,
    }))

  async function users(): Promise<string[]> {
    using admin = new Admin(redis.url)
    return await admin.redis.acl('USERS')
  }

  const access = (agentUsers?: AgentUsers) =>
    openRedisAccess(
      { redis: { url: redis.url, keyPrefix: 'postern:' } },
      { folder, clock: systemClock, ...(agentUsers && { agentUsers }) },
    )

  it('makes one for an agent that enrols, and tells it the password once', async () => {
    const redisAccess = await access(provider.agentUsers)
    const agent = { name: 'corp-1', enrolment: 'an-enrolment' }
    const granted = await redisAccess.grant(agent)
    const { url, username, password: given } = granted.redis ?? {}
    expect({ url, username }).to.deep.equal({ url: redis.url, username: 'agent-corp-1' })
    const hash = createHash('sha256')
      .update(given ?? '')
      .digest('hex')
    expect(granted.passwordHash).to.equal(hash)
    await writeFile(join(folder, 'given.password'), given ?? '')
    const carriers = await open({ username: 'agent-corp-1', passwordFile: 'given.password' })
    expect(await carriers.store.claim('claim:{x}', 'corp-1', 9_000)).to.equal(true)
    const described = await redisAccess.describe(agent)
    expect(described).to.deep.equal({ url, username, keyPrefix: 'postern:' })
  })

  it('leaves them to the admin where the settings say so, and warns of it', async () => {
    const granted = await (await access()).grant({ name: 'corp-1', enrolment: 'an-enrolment' })
    expect(granted).to.deep.equal({ redis: { url: redis.url, keyPrefix: 'postern:' } })
    await enrol()
    keep(false)
    expect(await users()).to.deep.equal(['default'])
    expect(lines.join('')).to.contain("agentRedisUsers is false: agents' users")
  })

  it('puts them back within seconds when Redis has lost them, and agents are let in again', async () => {
    await enrol()
    keep()
    await eventually(async () => (await users()).includes('agent-corp-1'))
    const agent = await openAsAgent()
    await redis.restart()
    await eventually(async () => (await users()).includes('agent-corp-1'), { within: 6_000 })
    await eventually(() => agent.store.claim('claim:{x}', 'corp-1', 9_000), { within: 6_000 })
    expect(await agent.store.claim('claim:{y}', 'corp-1', 9_000)).to.equal(true)
  })

  it('ends them within a second, with their connections, when an agent is revoked', async () => {
    await enrol()
    keep()
    await eventually(async () => (await users()).includes('agent-corp-1'))
    const agent = await openAsAgent()
    await directory.revoke('corp-1', { removed: false })
    await eventually(async () => !(await users()).includes('agent-corp-1'), { within: 1_000 })
    const outcome = agent.store.claim('claim:{x}', 'corp-1', 9_000)
    expect(await outcome.catch((error: Error) => error.message)).to.contain('out of reach')
  })

  it('notes where an agent comes from', async () => {
    await enrol(['127.0.0.0/24', '10.0.0.0/8'])
    keep()
    await eventually(async () => (await users()).includes('agent-corp-1'))
    await openAsAgent()
    await eventually(() => directory.find('corp-1')?.lastAddress === '127.0.0.1')
    expect(directory.find('corp-1')?.state).to.equal('approved')
  })

  it('quarantines one that comes from a network where it may not be', async () => {
    await enrol(['127.0.0.1'])
    keep()
    await eventually(async () => (await users()).includes('agent-corp-1'))
    await openAsAgent()
    await eventually(() => directory.find('corp-1')?.lastAddress === '127.0.0.1')
    // Somebody elsewhere, with its password.
    const tinyproxy = ends.use(await startTinyproxy())
    await openAsAgent({ url: tinyproxy.url, goesAround: () => false })
    await eventually(() => directory.find('corp-1')?.state === 'quarantined')
    const { quarantine, lastAddress } = directory.find('corp-1') ?? {}
    expect(quarantine).to.include({
      reason: 'foreignNetwork',
      detail: 'it is connected to Redis from 127.0.0.2',
    })
    await eventually(() => directory.find('corp-1')?.lastAddress === '127.0.0.2')
    expect(lastAddress).to.be.oneOf(['127.0.0.1', '127.0.0.2'])
    expect(alerts).to.deep.equal([
      'agentQuarantined corp-1 foreignNetwork: it is connected to Redis from 127.0.0.2',
    ])
  })

  it('says once that it has no right to, and when that is over', async () => {
    using admin = new Admin(redis.url)
    await admin.redis.call('ACL', 'SETUSER', 'default', '-acl', '+acl|setuser')
    await enrol()
    keep()
    const said = (text: string) => lines.filter((line) => line.includes(text)).length
    await eventually(() => said('does not let us make users for agents') === 1)
    const asked = async () => {
      const stats = await admin.redis.info('commandstats')
      return Number(/acl\|list:.*rejected_calls=(\d+)/.exec(stats)?.[1] ?? 0)
    }
    await eventually(async () => (await asked()) >= 2, { within: 8_000 })
    expect(said('does not let us make users for agents')).to.equal(1)
    await admin.redis.call('ACL', 'SETUSER', 'default', '+@all')
    await eventually(() => said("no longer: agents' users of Redis cannot be kept") === 1)
    expect(await users()).to.include('agent-corp-1')
  })
})

class Admin implements Disposable {
  readonly redis: Redis
  constructor(url: string) {
    this.redis = new Redis(url)
  }
  [Symbol.dispose](): void {
    this.redis.disconnect()
  }
}
