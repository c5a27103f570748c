import { expect } from 'chai'
import type { Answer } from '../../provider/broker/asked.ts'
import { systemClock } from '../../shared/clock.ts'
import { questionsFor } from '../support/claims.ts'
import { eventually } from '../support/eventually.ts'
import { openRedis } from '../support/open-redis.ts'
import { type OwnBroker, openOwnBroker } from '../support/own-broker.ts'
import { personBinds } from '../support/person-binds.ts'
import { type System, startSystem } from '../support/start-system.ts'

const concurrency = 2
// Eight questions for each that the agent works on at once.
const room = concurrency * 8
// Milliseconds; less than the provider's own, which nobody needs to wait for.
const deadline = 3_000

let people = 0
const nextPerson = () => `u${String((people += 1)).padStart(6, '0')}`

describe('more sign-ins than an agent can answer', function () {
  this.timeout(40_000)
  let system: System
  let broker: OwnBroker
  before(async () => {
    system = await startSystem({ agent: { concurrency }, people: 200, directoryLog: true })
    broker = await openOwnBroker(system, 1, { deadline })
    await works()
  })
  after(async () => {
    await broker?.[Symbol.asyncDispose]()
    await system?.[Symbol.asyncDispose]()
  })

  const ask = (uid: string) => {
    const { password } = system.directory
    return broker.verify({ realm: 'lab', username: `${uid}@lab.test`, password, reference: uid })
  }
  const works = () =>
    eventually(async () => (await ask(nextPerson())).outcome.name === 'ok', { within: 20_000 })
  const binds = (uid: string) => personBinds(system.directory).get(uid) ?? 0
  const reasonOf = ({ outcome }: Answer) =>
    outcome.name === 'unavailable' ? outcome.reason : outcome.name

  it('are refused at once when too many wait already, and those that wait end in time', async () => {
    system.directory.pause()
    const started = systemClock.now()
    const waiting = Array.from({ length: room }, () => ask(nextPerson()))
    await eventually(async () => (await questionsFor(system, 'agent-1')) === room)
    const uids = Array.from({ length: 30 }, nextPerson)
    const refused = await Promise.all(uids.map(ask))
    expect(new Set(refused.map(reasonOf))).to.deep.equal(new Set(['overloaded']))
    for (const { milliseconds } of refused) expect(milliseconds).to.be.below(500)
    expect(await questionsFor(system, 'agent-1')).to.equal(room)
    const ended = await Promise.all(waiting)
    expect(systemClock.now() - started).to.be.below(deadline + 1_000)
    for (const answer of ended) expect(answer.outcome.name).to.equal('unavailable')
    system.directory.resume()
    await works()
    for (const uid of uids) expect(binds(uid), uid).to.equal(0)
  })

  it('are not tried after their time, however late the agent comes to them', async () => {
    const [agent] = system.agents
    await eventually(async () => (await questionsFor(system, 'agent-1')) === 0)
    agent?.pause()
    const uids = Array.from({ length: room }, nextPerson)
    const started = systemClock.now()
    const asked = uids.map(ask)
    await eventually(async () => (await questionsFor(system, 'agent-1')) === room)
    for (const answer of await Promise.all(asked)) {
      expect(reasonOf(answer)).to.be.oneOf(['noAgent', 'agentTimeout'])
    }
    await eventually(() => systemClock.now() - started > deadline, { within: deadline + 1_000 })
    // Were the provider's claims all that holds it back, a Redis that forgets them would be enough.
    using client = openRedis(system)
    await client.redis.del(await client.redis.keys('*claim:*'))
    agent?.resume()
    await eventually(async () => (await questionsFor(system, 'agent-1')) === 0)
    const dropped = agent?.output().split('an expired question was dropped').length ?? 0
    expect(dropped - 1).to.equal(room)
    await works()
    for (const uid of uids) expect(binds(uid), uid).to.equal(0)
  })
})
