import { expect } from 'chai'
import { claimsIn, questionsFor } from '../support/claims.ts'
import { eventually } from '../support/eventually.ts'
import { linesAbout } from '../support/logged.ts'
import { openRedis } from '../support/open-redis.ts'
import { personBinds } from '../support/person-binds.ts'
import {
  createRelyingParty,
  type RelyingParty,
  type SignInResult,
} from '../support/relying-party.ts'
import { clockShiftedBy } from '../support/shifted-clock.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'

/**
 * Each attempt is somebody else's, so that the directory's log tells how often the password of
 * this very attempt was tried.
 */
let people = 0
const nextPerson = () => `u${String((people += 1)).padStart(6, '0')}`

const minutes = 60_000

describe('the password of one attempt', function () {
  this.timeout(30_000)
  let system: System
  let app: RelyingParty

  const start = async (agents: number) => {
    people = 0
    system = await startSystem({ agents, people: 60, lines: true, directoryLog: true })
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    await works()
  }
  const signIn = (uid: string) => app.signIn(`${uid}@lab.test`, system.directory.password)
  const works = () =>
    eventually(async () => (await signIn(nextPerson())).kind === 'tokens', { within: 15_000 })
  const binds = (uid: string) => personBinds(system.directory).get(uid) ?? 0

  /** The person reads no word of a wrong password; the log says under their number what it was. */
  async function expectCode(result: SignInResult, code: string): Promise<void> {
    if (result.kind !== 'page') throw new Error('signed in')
    expect(result.text).not.to.contain('not right')
    await eventually(() => {
      const lines = linesAbout(result.reference, system.provider.output())
      const codes = lines.flatMap(({ outcomeCode, faultCode }) => [outcomeCode, faultCode])
      expect(codes).to.include(code)
    })
  }

  /** Signs in, and waits for the moment at which the agent has claimed and the directory thinks. */
  async function signInUntilClaimed(uid: string) {
    const before = await claimsIn(system)
    system.directory.pause()
    const result = signIn(uid)
    await eventually(async () => {
      const claims = await claimsIn(system)
      return [...claims.keys()].some((key) => !before.has(key))
    })
    return { result }
  }

  afterEach(() => {
    system.redis.resume()
    system.directory.resume()
  })

  describe('with one agent', () => {
    before(() => start(1))
    after(() => system[Symbol.asyncDispose]())
    let agent = () => system.agents[0]
    const restart = async (env?: Record<string, string>) => {
      const started = await system.restartAgent(0, env)
      agent = () => started
    }

    it('is not tried when the agent is killed before it could claim the question', async () => {
      const uid = nextPerson()
      agent()?.pause()
      const result = signIn(uid)
      await eventually(async () => (await questionsFor(system, 'agent-1')) === 1)
      await agent()?.stop('SIGKILL')
      await expectCode(await result, 'PST-201')
      await restart()
      await eventually(async () => (await questionsFor(system, 'agent-1')) === 0)
      await works()
      expect(binds(uid)).to.equal(0)
    })

    it('is tried once when the agent is killed after the bind', async () => {
      const uid = nextPerson()
      const { result } = await signInUntilClaimed(uid)
      system.lines.agentsToRedis.cut()
      system.directory.resume()
      await eventually(() => binds(uid) === 1)
      await agent()?.stop('SIGKILL')
      system.lines.agentsToRedis.mend()
      await expectCode(await result, 'PST-203')
      await restart()
      await works()
      expect(binds(uid)).to.equal(1)
    })

    it('is tried once when the line from agent to Redis is cut after the claim', async () => {
      const uid = nextPerson()
      const { result } = await signInUntilClaimed(uid)
      system.lines.agentsToRedis.cut()
      system.directory.resume()
      await expectCode(await result, 'PST-203')
      system.lines.agentsToRedis.mend()
      await works()
      expect(binds(uid)).to.equal(1)
    })

    it('is tried once at most when the line from provider to Redis is cut', async () => {
      const uid = nextPerson()
      const { result } = await signInUntilClaimed(uid)
      system.lines.providerToRedis.cut()
      system.directory.resume()
      await expectCode(await result, 'PST-902')
      system.lines.providerToRedis.mend()
      await works()
      expect(binds(uid)).to.be.at.most(1)
    })

    it('is tried once at most when the line from agent to directory is cut', async () => {
      const uid = nextPerson()
      const { result } = await signInUntilClaimed(uid)
      system.lines.agentsToDirectory.cut()
      system.directory.resume()
      await expectCode(await result, 'PST-204')
      system.lines.agentsToDirectory.mend()
      await works()
      expect(binds(uid)).to.be.at.most(1)
    })

    it('is tried once when Redis is paused in the midst of it', async () => {
      const uid = nextPerson()
      const { result } = await signInUntilClaimed(uid)
      system.redis.pause()
      system.directory.resume()
      await eventually(() => binds(uid) === 1)
      system.redis.resume()
      const ended = await result
      if (ended.kind === 'page') await expectCode(ended, 'PST-902')
      await works()
      expect(binds(uid)).to.equal(1)
    })

    for (const [name, shift] of [
      ['ahead', 10 * minutes],
      ['behind', -10 * minutes],
    ] as const) {
      it(`is not tried by an agent whose clock is ten minutes ${name}`, async () => {
        await agent()?.stop()
        await restart(clockShiftedBy(shift))
        const uid = nextPerson()
        const said = system.provider.output().length
        // For five seconds it might be an old heartbeat, played again.
        await eventually(
          async () => {
            expect((await signIn(uid)).kind).to.equal('page')
            expect(system.provider.output().slice(said)).to.contain('PST-207')
          },
          { within: 10_000 },
        )
        const lines = system.provider.output().slice(said).split('\n')
        const line = lines.findLast((text) => text.includes('what is known of the agents')) ?? ''
        const { agents } = JSON.parse(line) as { agents: { clockAhead: number }[] }
        const [about] = agents
        expect(about?.clockAhead).to.be.within(shift - 5_000, shift + 5_000)
        expect(binds(uid)).to.equal(0)
        await agent()?.stop()
        await restart()
        await works()
      })
    }
  })

  describe('with two agents', () => {
    before(() => start(2))
    after(() => system[Symbol.asyncDispose]())

    /** Questions that both agents have, and neither has taken. */
    async function askBothFrozen() {
      for (const agent of system.agents) agent.pause()
      const uids = Array.from({ length: 6 }, nextPerson)
      const results = Promise.all(uids.map(signIn))
      for (const name of ['agent-1', 'agent-2']) {
        await eventually(async () => (await questionsFor(system, name)) === uids.length)
      }
      return { uids, results }
    }

    it('is not tried again by a frozen one that thaws when the other has answered', async () => {
      const [first, second] = system.agents
      const { uids, results } = await askBothFrozen()
      first?.resume()
      for (const { kind } of await results) expect(kind).to.equal('tokens')
      second?.resume()
      await eventually(async () => (await questionsFor(system, 'agent-2')) === 0)
      expect(second?.output().split('ours to answer')).to.have.length(uids.length + 1)
      for (const uid of uids) expect(binds(uid), uid).to.equal(1)
    })

    it('is tried by the other once when one is killed before it could claim', async () => {
      const [first, second] = system.agents
      const { uids, results } = await askBothFrozen()
      await first?.stop('SIGKILL')
      second?.resume()
      for (const { kind } of await results) expect(kind).to.equal('tokens')
      await system.restartAgent(0)
      await eventually(async () => (await questionsFor(system, 'agent-1')) === 0)
      await works()
      for (const uid of uids) expect(binds(uid), uid).to.equal(1)
    })

    it('is not tried by the second when Redis has forgotten the claim of the first', async () => {
      const uid = nextPerson()
      const { result } = await signInUntilClaimed(uid)
      using client = openRedis(system)
      const keys = await client.redis.keys('*')
      const lost = keys.filter((key) => /claim:|sent:/.test(key))
      expect(await client.redis.del(lost)).to.be.at.least(2)
      await expectCode(await result, 'PST-205')
      expect(await client.redis.exists(lost), 'claimed again').to.equal(0)
      system.directory.resume()
      await works()
      expect(binds(uid)).to.be.at.most(1)
    })

    it('is tried once at most when Redis is restarted in the midst of it', async () => {
      const uid = nextPerson()
      const { result } = await signInUntilClaimed(uid)
      await system.redis.restart()
      system.directory.resume()
      // Whether the verdict still finds its way depends on who is back first.
      const { kind } = await result
      await works()
      if (kind === 'tokens') expect(binds(uid)).to.equal(1)
      else expect(binds(uid)).to.be.at.most(1)
    })
  })
})
