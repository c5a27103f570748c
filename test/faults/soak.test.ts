import { expect } from 'chai'
import { systemClock } from '../../shared/clock.ts'
import { memoryInUse, saysMemory } from '../support/memory-in-use.ts'
import { type OwnBroker, openOwnBroker } from '../support/own-broker.ts'
import type { PosternProcess } from '../support/postern-process.ts'
import { createRelyingParty, type RelyingParty } from '../support/relying-party.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'
import { isLong } from '../support/test-form.ts'

const minutes = 60_000
const lasts = isLong ? 4 * minutes : 12_000
const measurements = isLong ? 12 : 6
const warmUp = isLong ? 40_000 : 6_000

/**
 * Bytes for each sign-in that a process had a part in. A question that is never forgotten has two
 * thousand, a request at the provider ten times that; what is kept for a minute or for a session, and
 * then forgotten, is the same in every measurement. In the short form chance has more weight, most
 * of all at the provider, where a few seconds have few sign-ins.
 */
const tolerated = isLong ? { provider: 3_000, agents: 150 } : { provider: 20_000, agents: 300 }
const lanes = isLong ? { signIns: 2, checks: 2 } : { signIns: 1, checks: 3 }

describe('under load for a while', function () {
  this.timeout(warmUp + lasts + 60_000)
  let system: System
  let broker: OwnBroker
  let app: RelyingParty
  before(async () => {
    system = await startSystem({ agents: 2, people: 50, logLevel: 'info', env: saysMemory })
    broker = await openOwnBroker(system, 2)
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
  })
  after(async () => {
    await broker?.[Symbol.asyncDispose]()
    await system?.[Symbol.asyncDispose]()
  })

  it('neither provider nor agents hold on to anything of a sign-in', async () => {
    const [one, two] = system.agents
    if (one === undefined || two === undefined) throw new Error('started with two agents')
    const parts = { provider: system.provider, one, two }
    await load(warmUp)
    const seen: Seen[] = []
    for (let turn = 0; turn < measurements; turn += 1) {
      const { signIns, checks } = await load(lasts / measurements)
      const before = seen.at(-1)?.done ?? { signIns: 0, checks: 0 }
      const done = { signIns: before.signIns + signIns, checks: before.checks + checks }
      seen.push({ done, bytes: await inUse(parts) })
    }
    const said = JSON.stringify(seen)
    expect(slopeOf(seen, 'provider'), `provider: ${said}`).to.be.below(tolerated.provider)
    expect(slopeOf(seen, 'one'), `agent-1: ${said}`).to.be.below(tolerated.agents)
    expect(slopeOf(seen, 'two'), `agent-2: ${said}`).to.be.below(tolerated.agents)
  })

  /** Checks of passwords by a broker of our own, and whole sign-ins at the provider. */
  async function load(milliseconds: number): Promise<Done> {
    const until = systemClock.now() + milliseconds
    const { password } = system.directory
    const lane = async (once: () => Promise<boolean>): Promise<number> => {
      let times = 0
      for (; systemClock.now() < until; times += 1) expect(await once()).to.equal(true)
      return times
    }
    const check = async () => {
      const asked = { realm: 'lab', username: 'u000001@lab.test', password, reference: 'SOAK' }
      return (await broker.verify(asked)).outcome.name === 'ok'
    }
    const signIn = async () => (await app.signIn('u000002@lab.test', password)).kind === 'tokens'
    const sum = async (count: number, once: () => Promise<boolean>) => {
      const each = await Promise.all(Array.from({ length: count }, () => lane(once)))
      return each.reduce((all, times) => all + times, 0)
    }
    const [signIns, checks] = await Promise.all([
      sum(lanes.signIns, signIn),
      sum(lanes.checks, check),
    ])
    return { signIns, checks }
  }
})

interface Done {
  readonly signIns: number
  readonly checks: number
}

interface Seen {
  /** Since the first measurement. */
  readonly done: Done
  readonly bytes: Readonly<Record<string, number>>
}

async function inUse(parts: Readonly<Record<string, PosternProcess>>) {
  const measured = await Promise.all(
    Object.entries(parts).map(async ([name, part]) => [name, await memoryInUse(part)] as const),
  )
  return Object.fromEntries(measured)
}

/** Bytes more for each sign-in that the process had a part in: both agents had half of all. */
function slopeOf(seen: readonly Seen[], name: string): number {
  const hadPartIn = ({ signIns, checks }: Done) =>
    name === 'provider' ? signIns : (signIns + checks) / 2
  return slope(seen.map(({ done, bytes }) => [hadPartIn(done), bytes[name] ?? Number.NaN]))
}

/** Of the straight line that lies nearest (least squares). */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean(([each]) => each), mean(([, each]) => each)]
  const covariance = mean(([eachX, eachY]) => (eachX - x) * (eachY - y))
  return covariance / mean(([each]) => (each - x) ** 2)
}
