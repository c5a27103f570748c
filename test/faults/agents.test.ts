import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { linesAbout } from '../support/logged.ts'
import { openRedis } from '../support/open-redis.ts'
import {
  createRelyingParty,
  type RelyingParty,
  type SignInResult,
} from '../support/relying-party.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'

describe('when an agent fails', () => {
  let system: System
  let app: RelyingParty
  beforeEach(async function startIt() {
    this.timeout(20_000)
    system = await startSystem({ agents: this.currentTest?.title.includes('another') ? 2 : 1 })
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
  })
  afterEach(() => system[Symbol.asyncDispose]())

  const signIn = () => app.signIn('ok@lab.test', system.directory.password)

  async function expectUnavailable(result: SignInResult, code: string): Promise<void> {
    if (result.kind !== 'page') throw new Error('signed in')
    expect(result.text).to.contain('does not mean that it is wrong')
    expect(result.text).not.to.contain('not right')
    await eventually(() => {
      const lines = linesAbout(result.reference, system.provider.output())
      expect(lines.map(({ outcomeCode }) => outcomeCode)).to.include(code)
    })
  }

  it('says at once that none is there, and takes up the first that comes', async () => {
    await system.agents[0]?.stop()
    const started = performance.now()
    const result = await signIn()
    expect(performance.now() - started).to.be.below(2_000)
    await expectUnavailable(result, 'PST-201')
    await system.restartAgent(0)
    await eventually(async () => (await signIn()).kind === 'tokens')
  }).timeout(30_000)

  it('tells of one killed while the directory was thinking, and never asks twice', async () => {
    expect((await signIn()).kind).to.equal('tokens')
    const bindsBefore = await system.directory.binds()
    system.directory.pause()
    const result = signIn()
    await eventually(async () => (await claims(system)) === 2)
    await system.agents[0]?.stop('SIGKILL')
    await expectUnavailable(await result, 'PST-203')
    system.directory.resume()
    await eventually(async () => (await system.directory.binds()) <= bindsBefore + 1)
    await system.restartAgent(0)
    await eventually(async () => (await signIn()).kind === 'tokens', { within: 10_000 })
  }).timeout(40_000)

  it('hands over to another when one is frozen', async () => {
    expect((await signIn()).kind).to.equal('tokens')
    system.agents[0]?.pause()
    const results = await Promise.all(Array.from({ length: 6 }, signIn))
    expect(results.map(({ kind }) => kind)).to.deep.equal(Array(6).fill('tokens'))
  }).timeout(30_000)

  it('tells of a frozen one, which asks nothing about the person when it thaws', async () => {
    expect((await signIn()).kind).to.equal('tokens')
    const bindsBefore = await system.directory.binds()
    system.agents[0]?.pause()
    await expectUnavailable(await signIn(), 'PST-201')
    system.agents[0]?.resume()
    await system.agents[0]?.says('ours to answer')
    expect(await system.directory.binds()).to.equal(bindsBefore)
    await eventually(async () => (await signIn()).kind === 'tokens', { within: 10_000 })
  }).timeout(40_000)

  it('finishes what it has in hand when it is told to stop', async () => {
    expect((await signIn()).kind).to.equal('tokens')
    system.directory.pause()
    const result = signIn()
    await eventually(async () => (await claims(system)) === 2)
    const stopped = system.agents[0]?.stop()
    system.directory.resume()
    expect((await result).kind).to.equal('tokens')
    expect(await stopped).to.equal(0)
  }).timeout(30_000)

  it('is left cold by garbage in its stream', async () => {
    using client = openRedis(system)
    const { redis } = client
    const [stream = ''] = await redis.keys('*agent-1:requests')
    for (const fields of [
      ['a', 'b'],
      ['session', 'x', 'question', 'y.z'],
      ['', ''],
    ]) {
      await redis.xadd(stream, '*', ...fields)
    }
    await system.agents[0]?.says('a question was refused')
    expect((await signIn()).kind).to.equal('tokens')
    expect(await redis.xlen(stream)).to.equal(0)
  }).timeout(30_000)
})

async function claims(system: System): Promise<number> {
  using client = openRedis(system)
  return (await client.redis.keys('*claim:*')).length
}
