import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { eventually } from '../../support/eventually.ts'
import { type OwnBroker, openOwnBroker } from '../../support/own-broker.ts'
import { createRelyingParty, type RelyingParty } from '../../support/relying-party.ts'
import { runPostern } from '../../support/run-postern.ts'
import { clientSecret, type System, startSystem } from '../../support/start-system.ts'
import { watchRedis } from '../../support/watch-redis.ts'

/**
 * An agent is revoked while two processes of the provider ask it: one of its own, and one in this
 * process. Nothing is done to the agent: it goes on answering whoever asks it.
 */
describe('a revoked agent', function () {
  this.timeout(60_000)
  let system: System
  let beside: OwnBroker
  let redis: Redis
  let party: RelyingParty
  beforeEach(async () => {
    system = await startSystem({ agents: 1 })
    beside = await openOwnBroker(system, 1)
    redis = new Redis(system.redis.url)
    party = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    expect(await askBeside()).to.equal('ok')
    expect(await signIn()).to.equal('tokens')
  })
  afterEach(async () => {
    redis.disconnect()
    await beside[Symbol.asyncDispose]()
    await system[Symbol.asyncDispose]()
  })

  const person = () => ({ username: 'ok@lab.test', password: system.directory.password })
  async function askBeside(): Promise<string> {
    const { outcome } = await beside.verify({ realm: 'lab', ...person(), reference: 'REF1' })
    return outcome.name === 'unavailable' ? outcome.reason : outcome.name
  }
  const signIn = async () => {
    const { username, password } = person()
    return (await party.signIn(username, password)).kind
  }
  const config = () => join(system.folder, 'provider.yaml')
  const agents = (...args: string[]) => runPostern(['agents', ...args, '--config', config()])

  /** Resolves as soon as this host has written the revocation down. */
  async function revocationBegins(): Promise<void> {
    const journal = join(system.folder, 'authority', 'agents.jsonl')
    await eventually(async () => {
      const text = await readFile(journal, 'utf8').catch(() => '')
      return /"revocations":\[\{/.test(text)
    })
  }

  async function isAskedByNobody(within: { within: number }): Promise<void> {
    await Promise.all([
      eventually(async () => (await askBeside()) === 'noAgent', within),
      eventually(async () => (await signIn()) === 'page', within),
    ])
  }

  /** Counts how often each process of the provider reads what Redis says of agents. */
  async function watchReads(key: string) {
    const reads = new Map<string, number>()
    const watching = await watchRedis(system.redis.url, ([command = '', read = ''], { from }) => {
      const isLook = command.toLowerCase() === 'get' && read === key
      if (isLook) reads.set(from, (reads.get(from) ?? 0) + 1)
    })
    return {
      /** Resolves when both have read it twice from now on. */
      bothLook: async () => {
        reads.clear()
        await eventually(() => [...reads.values()].filter((times) => times > 1).length > 1)
      },
      [Symbol.dispose]: () => watching.disconnect(),
    }
  }

  it('is asked by nobody any more, on every process and within a second', async () => {
    const revoking = agents('revoke', 'agent-1')
    await revocationBegins()
    await isAskedByNobody({ within: 1_000 })
    const { code, stdout, stderr } = await revoking
    expect(code, stdout + stderr).to.equal(0)
  })

  it('is confirmed at once though a process has just ended', async () => {
    await system.provider.stop()
    await system.restartProvider()
    const { code, stdout, stderr } = await agents('revoke', 'agent-1')
    expect(code, stdout + stderr).to.equal(0)
  })

  it('stays revoked whatever somebody does who can write to Redis', async () => {
    const [key = ''] = await redis.keys('postern:agents:*')
    const before = (await redis.get(key)) ?? ''
    using watched = await watchReads(key)
    const over = new AbortController()
    const attack = (async () => {
      // The state before, no entry that says otherwise, and nobody's turn to write.
      while (!over.signal.aborted) {
        await redis
          .pipeline()
          .set(key, before)
          .xtrim('postern:agents', 'MAXLEN', 0)
          .xtrim('postern:providers', 'MAXLEN', 0)
          .exec()
        const locks = await redis.keys('postern:agents-lock:*')
        for (const lock of locks) await redis.set(lock, 'mine')
      }
    })()
    const revoking = agents('revoke', 'agent-1')
    await revocationBegins()
    await isAskedByNobody({ within: 1_000 })
    await revoking
    // Once more after its process is gone, which was the first to know.
    await watched.bothLook()
    expect(await askBeside()).to.equal('noAgent')
    expect(await signIn()).to.equal('page')
    over.abort()
    await attack
  })

  it('stays revoked when Redis is put back to before, and all providers start again', async () => {
    const [key = ''] = await redis.keys('postern:agents:*')
    const before = (await redis.get(key)) ?? ''
    // Or it would hear of it, and end by itself before there is anybody to be misled.
    const [agent] = system.agents
    agent?.pause()
    await agents('revoke', 'agent-1')
    await beside[Symbol.asyncDispose]()
    await system.provider.stop()
    await redis.flushall()
    await redis.set(key, before)
    const provider = await system.restartProvider()
    agent?.resume()
    // Both hear it, and have been told that it is a good one.
    beside = await openOwnBroker(system, 1)
    await provider.says('agent heard')
    expect(await askBeside()).to.equal('noAgent')
    expect(await signIn()).to.equal('page')
  })
})
