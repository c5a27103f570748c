import { expect } from 'chai'
import { pino } from 'pino'
import type { Alert } from '../../../../provider/agents/alert.ts'
import { foundOut } from '../../../../provider/agents/found-out.ts'
import { createQuarantine } from '../../../../provider/agents/quarantine.ts'
import type { AgentRecord } from '../../../../provider/agents/record.ts'
import type { Success } from '../../../../provider/agents/successes.ts'
import { Fault } from '../../../../shared/fault.ts'

const person = (n: number): Success => {
  return { at: n, realm: 'corp', sub: `corp:${n}`, reference: 'R', clientId: 'demo' }
}

function setUp(options: { people?: readonly Success[]; fails?: boolean } = {}) {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>)
  const log = pino({ level: 'info' }, { write })
  const raised: Alert[] = []
  const states = new Map<string, AgentRecord['state']>([['a', 'approved']])
  const down = () => {
    if (options.fails) throw new Fault('storeDown', 'as the test wants it')
  }
  const alerts = { raise: (alert: Alert) => void raised.push(alert) }
  const quarantine = createQuarantine({
    directory: {
      find: (name) => {
        const state = states.get(name)
        return state === undefined ? undefined : ({ name, state } as AgentRecord)
      },
      // As the true one: here at once, elsewhere when the store is there.
      quarantine: async (name) => {
        states.set(name, 'quarantined')
        down()
      },
    },
    alerts,
    successes: {
      of: async () => {
        down()
        return options.people ?? []
      },
    },
    log,
  })
  return { lines, raised, states, quarantine, reactions: foundOut({ alerts, quarantine }) }
}

const lie = { agent: 'a', realm: 'corp', reference: 'REF1', requestId: 'r' }

describe('an agent that said yes to a sign-in that must fail', () => {
  it('is quarantined, and admins are told, without a word about a person', async () => {
    const { states, raised, reactions } = setUp({ people: [person(1)] })
    await reactions.onLie(lie)
    expect(states.get('a')).to.equal('quarantined')
    expect(raised).to.deep.equal([
      {
        name: 'agentQuarantined',
        agent: 'a',
        realm: 'corp',
        reference: 'REF1',
        detail: 'canary: it said yes to a sign-in that must fail',
      },
    ])
  })

  it('has whom it let in lately in the log, each person once, some to a line', async () => {
    const people = [...Array.from({ length: 120 }, (_, n) => person(n)), person(7)]
    const { lines, reactions } = setUp({ people })
    await reactions.onLie(lie)
    expect(lines[0]).to.include({ agent: 'a', signIns: 121, people: 120 })
    const subs = lines.slice(1).map((line) => line['subs'] as string[])
    expect(subs.map(({ length }) => length)).to.deep.equal([50, 50, 20])
    expect(new Set(subs.flat()).size).to.equal(120)
  })

  it('is told of once, however often it lies', async () => {
    const { raised, reactions } = setUp()
    await Promise.all([reactions.onLie(lie), reactions.onLie(lie)])
    await reactions.onLie(lie)
    expect(raised).to.have.length(1)
  })

  it('is quarantined and told of without a store, too', async () => {
    const { states, raised, lines, reactions } = setUp({ fails: true })
    await reactions.onLie(lie)
    expect(states.get('a')).to.equal('quarantined')
    expect(raised).to.have.length(1)
    expect(lines.map((line) => line['faultCode'])).to.deep.equal(['PST-902', 'PST-902'])
  })
})

describe('two agents that disagree', () => {
  it('are told of by name, and neither is quarantined for that alone', () => {
    const { raised, states, reactions } = setUp()
    reactions.onDisagreement({ realm: 'corp', reference: 'REF1', agents: ['a', 'b'] })
    expect(raised).to.deep.equal([
      {
        name: 'agentsDisagree',
        realm: 'corp',
        reference: 'REF1',
        detail: 'a said yes, b did not; both are put to the test',
      },
    ])
    expect(states.get('a')).to.equal('approved')
  })
})
