import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { Answer } from '../../provider/broker/asked.ts'
import { eventually } from '../support/eventually.ts'
import { type OwnBroker, openOwnBroker } from '../support/own-broker.ts'
import { personBinds } from '../support/person-binds.ts'
import { createRelyingParty } from '../support/relying-party.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'
import { isLong } from '../support/test-form.ts'

const count = isLong ? 5_000 : 1_000
const overHttp = 20
const whileStopped = 400
const agents = 3

/** The same numbers in [0, 1) in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('many sign-ins while agents are killed and started at random', function () {
  this.timeout(isLong ? 180_000 : 60_000)
  let system: System
  let broker: OwnBroker
  let killer: Killer
  before(async () => {
    system = await startSystem({
      agents,
      people: count + overHttp + whileStopped,
      directoryLog: true,
    })
    broker = await openOwnBroker(system, agents)
    killer = createKiller(system)
  })
  after(async () => {
    await broker?.[Symbol.asyncDispose]()
    await system?.[Symbol.asyncDispose]()
  })

  it('end right or cleanly, in time, with one bind at most, and all recovers by itself', async () => {
    const over = new AbortController()
    const killing = Promise.all([1, 2].map((seed) => killer.run(seeded(seed), over.signal)))
    const [answers, pages] = await Promise.all([
      signInAll(system, broker, { from: 1, to: count }),
      overTheWeb(system),
    ])
    over.abort()
    await killing

    const right = answers.filter(({ isRight }) => isRight)
    const wrong = answers.filter(
      ({ isRight, outcome }) => !isRight && outcome.name !== 'unavailable',
    )
    expect(wrong).to.deep.equal([])
    expect(killer.kills()).to.be.at.least(4)
    expect(right).to.have.length.above(count / 2)
    for (const { milliseconds } of answers) expect(milliseconds).to.be.below(9_000)
    for (const page of pages) expect(page).to.be.oneOf(['tokens', 'unavailable'])

    const binds = personBinds(system.directory)
    expect([...binds].filter(([, times]) => times > 1)).to.deep.equal([])
    for (const { uid, isRight } of right) expect(isRight && binds.get(uid), uid).to.equal(1)

    await eventually(async () => {
      const asked = { realm: 'lab', username: 'ok@lab.test', password: system.directory.password }
      const all = Array.from({ length: 12 }, () => broker.verify({ ...asked, reference: 'AFTER' }))
      for (const { outcome } of await Promise.all(all)) expect(outcome.name).to.equal('ok')
    })
  })

  it('all end right while agents are stopped and started in order', async () => {
    const over = new AbortController()
    const before = killer.kills()
    const stopping = killer.run(seeded(3), over.signal, 'SIGTERM')
    const from = count + overHttp + 1
    const answers = await signInAll(system, broker, { from, to: from + whileStopped - 1 })
    over.abort()
    await stopping
    expect(killer.kills()).to.be.above(before)
    expect(answers.filter(({ isRight }) => !isRight)).to.deep.equal([])
  })
})

type Ended = Answer & { readonly uid: string; readonly isRight: boolean }

/** One in four with a wrong password; 20 begin every tenth of a second. */
async function signInAll(
  system: System,
  broker: OwnBroker,
  { from, to }: { from: number; to: number },
): Promise<Ended[]> {
  const under: Promise<Ended>[] = []
  for (let number = from; number <= to; number += 1) {
    const uid = uidOf(number)
    const isWrong = number % 4 === 0
    const password = isWrong ? 'not the password' : system.directory.password
    const asked = { realm: 'lab', username: `${uid}@lab.test`, password, reference: uid }
    const expected = isWrong ? 'wrongPassword' : 'ok'
    under.push(
      broker.verify(asked).then((answer) => {
        return { ...answer, uid, isRight: answer.outcome.name === expected }
      }),
    )
    if (number % 20 === 0) await sleep(100)
  }
  return Promise.all(under)
}

async function overTheWeb(system: System): Promise<string[]> {
  const app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
  const results: string[] = []
  for (let number = count + 1; number <= count + overHttp; number += 1) {
    const result = await app.signIn(`${uidOf(number)}@lab.test`, system.directory.password)
    const isClean = result.kind === 'page' && result.text.includes('does not mean that it is wrong')
    results.push(isClean ? 'unavailable' : result.kind)
  }
  return results
}

/** Kills at random, and starts again what it has killed. */
interface Killer {
  run(random: () => number, until: AbortSignal, by?: NodeJS.Signals): Promise<void>
  kills(): number
}

function createKiller(system: System): Killer {
  const running = new Map(system.agents.entries())
  let kills = 0

  const run: Killer['run'] = async (random, until, by = 'SIGKILL') => {
    while (!until.aborted) {
      await sleep(random() * 400)
      const index = Math.floor(random() * agents)
      const victim = running.get(index)
      // Another one has killed it and is about to start it.
      if (victim === undefined) continue
      running.delete(index)
      await victim.stop(by)
      kills += 1
      await sleep(random() * 600)
      running.set(index, await system.restartAgent(index))
    }
  }
  return { run, kills: () => kills }
}

function uidOf(number: number): string {
  return `u${String(number).padStart(6, '0')}`
}
