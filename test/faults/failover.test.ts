import { expect } from 'chai'
import { Redis } from 'ioredis'
import { eventually } from '../support/eventually.ts'
import { personBinds } from '../support/person-binds.ts'
import { startRedisSentinel } from '../support/redis-topologies.ts'
import {
  createRelyingParty,
  type RelyingParty,
  type SignInResult,
} from '../support/relying-party.ts'
import type { RedisServer } from '../support/start-redis.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'

let people = 0
const nextPerson = () => `u${String((people += 1)).padStart(6, '0')}`

describe('when Redis fails over in the midst of a question', function () {
  this.timeout(60_000)
  let servers: Awaited<ReturnType<typeof startRedisSentinel>>
  let system: System
  let app: RelyingParty

  beforeEach(async () => {
    people = 0
    servers = await startRedisSentinel()
    const redis = { sentinel: { name: 'main', hosts: [servers.sentinel.url] } }
    const found = { provider: { redis }, agent: { redis } }
    system = await startSystem({ ...found, agents: 2, people: 60, directoryLog: true })
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    await works()
  })
  afterEach(async () => {
    servers?.master.resume()
    await system?.[Symbol.asyncDispose]()
    await servers?.[Symbol.asyncDispose]()
  })

  const signIn = (uid: string) => app.signIn(`${uid}@lab.test`, system.directory.password)
  // Somebody whose binds nobody counts, however often it takes.
  const works = () =>
    eventually(async () => (await signIn('ok')).kind === 'tokens', { within: 20_000 })
  const binds = (uid: string) => personBinds(system.directory).get(uid) ?? 0

  /** Signs in, and waits until the replica has the claim of the agent that now asks the directory. */
  async function signInUntilClaimIsCopied(uid: string) {
    const before = await claimsOf(servers.replica)
    system.directory.pause()
    const result = signIn(uid)
    let claim: [string, string] | undefined
    await eventually(async () => {
      const claims = await claimsOf(servers.replica)
      claim = [...claims].find(([key]) => !before.has(key))
      return claim !== undefined
    })
    return { result, claim: claim ?? ['', ''] }
  }

  function expectRightOrSorry(result: SignInResult): void {
    if (result.kind === 'tokens') return
    expect(result.text).not.to.contain('not right')
    expect(result.status).to.be.oneOf([200, 503])
  }

  /** Nobody was started anew, and no agent was lost on the way. */
  async function isAllThere(): Promise<void> {
    await works()
    const runs = [system.provider, ...system.agents]
    for (const { pid } of runs) expect(() => process.kill(pid, 0)).not.to.throw()
    const results = await Promise.all(Array.from({ length: 8 }, () => signIn(nextPerson())))
    for (const { kind } of results) expect(kind).to.equal('tokens')
  }

  it('one bind is made where the master dies, the claim holds, and all goes on by itself', async () => {
    const uid = nextPerson()
    const { result, claim } = await signInUntilClaimIsCopied(uid)
    await servers.master.kill()
    system.directory.resume()
    const started = performance.now()
    expectRightOrSorry(await result)
    expect(performance.now() - started).to.be.below(12_000)
    await isAllThere()
    expect((await claimsOf(servers.replica)).get(claim[0])).to.equal(claim[1])
    expect(binds(uid)).to.equal(1)
  })

  it('one bind is made where the master hangs and comes back as a replica', async () => {
    const uid = nextPerson()
    const { result } = await signInUntilClaimIsCopied(uid)
    servers.master.pause()
    system.directory.resume()
    expectRightOrSorry(await result)
    await eventually(async () => (await roleOf(servers.replica)) === 'master', { within: 15_000 })
    await works()
    servers.master.resume()
    await eventually(async () => (await roleOf(servers.master)) === 'slave', { within: 20_000 })
    await isAllThere()
    expect(binds(uid)).to.equal(1)
  })

  it('a question that no agent has claimed yet is bound for once at most', async () => {
    const uid = nextPerson()
    for (const agent of system.agents) agent.pause()
    const result = signIn(uid)
    await eventually(async () => (await sentOf(servers.replica)) > 0)
    await servers.master.kill()
    for (const agent of system.agents) agent.resume()
    expectRightOrSorry(await result)
    await isAllThere()
    expect(binds(uid)).to.be.at.most(1)
  })
})

async function asked<T>(server: RedisServer, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url)
  try {
    return await ask(redis)
  } finally {
    redis.disconnect()
  }
}

const claimsOf = (server: RedisServer) =>
  asked(server, async (redis) => {
    const keys = await redis.keys('*claim:*')
    const values = keys.length === 0 ? [] : await redis.mget(keys)
    return new Map(keys.map((key, index) => [key, values[index] ?? '']))
  })

const sentOf = (server: RedisServer) =>
  asked(server, async (redis) => (await redis.keys('*sent:*')).length)

const roleOf = (server: RedisServer) =>
  asked(server, async (redis) => /role:(\w+)/.exec(await redis.info('replication'))?.[1])
