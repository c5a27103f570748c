import { expect } from 'chai'
import {
  type AgentRecord,
  type AgentsState,
  merge,
  noAgents,
  type Revocation,
} from '../../../../provider/agents/record.ts'

const record = (version: number, more: Partial<AgentRecord> = {}): AgentRecord => ({
  name: 'a',
  enrolment: 'first',
  realms: ['corp'],
  state: 'approved',
  fingerprint: 'ab12',
  networks: [],
  enrolledAt: 0,
  version,
  ...more,
})
const revocation = (enrolment: string, removed = false): Revocation => {
  return { enrolment, name: 'a', at: 5, removed }
}
const state = (records: AgentRecord[], revocations: Revocation[] = []): AgentsState => {
  return { records, revocations }
}
const stateOf = ({ records }: AgentsState) => records.map((one) => [one.enrolment, one.state])

describe('what two processes know of agents, together', () => {
  it('is the newer version of each record', () => {
    const old = state([record(1)])
    const newer = state([record(2, { state: 'quarantined' })])
    expect(stateOf(merge(old, newer))).to.deep.equal([['first', 'quarantined']])
    expect(merge(newer, old)).to.deep.equal(merge(old, newer))
  })

  it('is every revocation, so that an older state takes none back', () => {
    const revoked = merge(state([record(9)]), state([], [revocation('first')]))
    expect(stateOf(revoked)).to.deep.equal([['first', 'revoked']])
    for (const played of [noAgents, state([record(1)]), state([record(99)])]) {
      const after = merge(revoked, played)
      expect(stateOf(after)).to.deep.equal([['first', 'revoked']])
      expect(after.revocations).to.deep.equal(revoked.revocations)
    }
  })

  it('has no record of an agent that was removed, whoever still has one', () => {
    const removed = merge(state([record(9)]), state([], [revocation('first', true)]))
    expect(removed.records).to.deep.equal([])
    expect(merge(removed, state([record(99)])).records).to.deep.equal([])
  })

  it('has the new owner of a name, though the old record has a higher version', () => {
    const old = state([record(99)], [revocation('first')])
    const fresh = state([record(2, { enrolment: 'second', state: 'pending' })])
    expect(stateOf(merge(old, fresh))).to.deep.equal([['second', 'pending']])
    expect(stateOf(merge(fresh, old))).to.deep.equal([['second', 'pending']])
  })

  it('does not depend on the order, nor on how often something is heard', () => {
    const states = [
      state([record(3)]),
      state([record(3, { state: 'draining' })]),
      state([record(4, { enrolment: 'second' })], [revocation('first')]),
      state([record(5, { enrolment: 'third', state: 'pending' })], [revocation('second', true)]),
    ]
    const orders = permutations(states).map((order) => order.reduce(merge, noAgents))
    for (const result of orders) expect(result).to.deep.equal(orders[0])
    const [known = noAgents] = orders
    for (const again of states) expect(merge(known, again)).to.deep.equal(known)
  })
})

function permutations<T>(all: readonly T[]): T[][] {
  if (all.length === 0) return [[]]
  return all.flatMap((first, index) =>
    permutations(all.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  )
}
