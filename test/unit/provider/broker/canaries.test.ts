import { expect } from 'chai'
import type { AskInTurn, Whom } from '../../../../provider/broker/ask-in-turn.ts'
import { type CanaryParts, createCanaries } from '../../../../provider/broker/canaries.ts'
import { canarySchedule } from '../../../../provider/broker/canary-schedule.ts'
import { createLoad } from '../../../../provider/broker/load.ts'
import { noNotices } from '../../../../provider/broker/notices.ts'
import type { Present, Registry } from '../../../../provider/broker/registry.ts'
import { systemClock } from '../../../../shared/clock.ts'
import { createLog } from '../../../../shared/log.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { eventually } from '../../../support/eventually.ts'

const corp = { name: 'corp', suffixes: ['corp.example'], canaries: { names: [] } }

/** A registry in which one agent is live, with room for so many questions. */
function registryOf(limit: number): Registry {
  const present = { agent: { name: 'a' }, heartbeat: { limit }, health: 'live' }
  return {
    ofRealm: () => [present as unknown as Present],
    isLive: () => true,
    describe: () => [],
    heard: () => [],
    stop: async () => {},
  }
}

function partsFor(ask: AskInTurn, more: Partial<CanaryParts> = {}): CanaryParts {
  return {
    ask,
    registry: registryOf(8),
    load: createLoad(),
    clock: systemClock,
    notices: noNotices,
    log: createLog({ level: 'silent', process: 'test' }),
    realms: [corp],
    perHour: 36_000,
    rootSecret: Buffer.alloc(32, 3),
    turns: createMemoryStore(systemClock),
    deadline: 8_000,
    onLie: async () => {},
    ...more,
  }
}

const refused = { outcome: { name: 'unknownUser' }, requestId: 'r', agent: 'a' } as const

describe('canaries of several provider processes', () => {
  it('are sent by one of them each', async () => {
    const turns = createMemoryStore(systemClock)
    const sent: { by: number; at: number }[] = []
    const all = Array.from({ length: 3 }, (_, by) => {
      const ask: AskInTurn = async () => {
        sent.push({ by, at: systemClock.now() })
        return refused
      }
      return createCanaries(partsFor(ask, { turns }))
    })
    const started = systemClock.now()
    await eventually(() => sent.length >= 20)
    for (const canaries of all) canaries.stop()
    const { slot } = canarySchedule(Buffer.alloc(0), 36_000)
    // One of them in half of the slots: three times as many, were it each process for itself.
    const slots = (systemClock.now() - started) / slot
    expect(sent.length / slots).to.be.within(0.2, 0.9)
    expect(new Set(sent.map(({ by }) => by)).size, 'who is first varies').to.be.above(1)
  })
})

describe('canaries of one provider process', () => {
  it('go to the agent whose turn it is, with the time a person would wait', async () => {
    const whom: (Whom | undefined)[] = []
    const waits: number[] = []
    const ask: AskInTurn = async ({ expires }, to) => {
      whom.push(to)
      waits.push(expires - systemClock.now())
      return refused
    }
    const canaries = createCanaries(partsFor(ask))
    await eventually(() => whom.length > 0)
    canaries.stop()
    expect(whom[0]).to.deep.equal({ first: 'a' })
    expect(waits[0]).to.be.within(7_900, 8_000)
  })

  it('leave an agent alone that has all it can do', async () => {
    let asked = 0
    const load = createLoad()
    for (let count = 0; count < 8; count += 1) load.sent('a')
    let looked = 0
    const registry = registryOf(1)
    const counting: Registry = {
      ...registry,
      ofRealm: (realm) => {
        looked += 1
        return registry.ofRealm(realm)
      },
    }
    const ask: AskInTurn = async () => {
      asked += 1
      return refused
    }
    const canaries = createCanaries(partsFor(ask, { load, registry: counting }))
    await eventually(() => looked > 40)
    expect(asked).to.equal(0)
    load.done('a')
    await eventually(() => asked > 0)
    canaries.stop()
  })

  it('come no more once they are stopped', async () => {
    let asked = 0
    const ask: AskInTurn = async () => {
      asked += 1
      return refused
    }
    const canaries = createCanaries(partsFor(ask))
    await eventually(() => asked > 0)
    canaries.stop()
    canaries.suspect('corp', 'a')
    const before = asked
    let others = 0
    const witness = createCanaries(
      partsFor(async () => {
        others += 1
        return refused
      }),
    )
    await eventually(() => others > 3)
    witness.stop()
    expect(asked).to.equal(before)
  })

  it('go on when asking fails, which is no lie', async () => {
    let asked = 0
    const lies: string[] = []
    const ask: AskInTurn = async () => {
      asked += 1
      throw new Error('no store')
    }
    const onLie: CanaryParts['onLie'] = async ({ agent }) => void lies.push(agent)
    const canaries = createCanaries(partsFor(ask, { onLie }))
    await eventually(() => asked > 2)
    canaries.stop()
    expect(lies).to.deep.equal([])
  })

  it('name the agent that lied, also when it was another that took the question', async () => {
    const lies: string[] = []
    const ask: AskInTurn = async () => {
      return {
        outcome: { name: 'ok', account: { id: '1', claims: {} } },
        requestId: 'r',
        agent: 'b',
      }
    }
    const onLie: CanaryParts['onLie'] = async ({ agent }) => void lies.push(agent)
    const canaries = createCanaries(partsFor(ask, { onLie }))
    await eventually(() => lies.length > 0)
    canaries.stop()
    expect(lies[0]).to.equal('b')
  })
})
