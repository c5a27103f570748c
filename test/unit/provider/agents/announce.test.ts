import { expect } from 'chai'
import { alertsOf } from '../../../../provider/agents/announce.ts'
import {
  type AgentRecord,
  type AgentsState,
  noAgents,
  type Revocation,
} from '../../../../provider/agents/record.ts'

const record = (more: Partial<AgentRecord> = {}): AgentRecord => ({
  name: 'dc1',
  enrolment: 'e1',
  realms: ['corp'],
  state: 'approved',
  fingerprint: 'ab',
  networks: [],
  enrolledAt: 1,
  approvedAt: 2,
  version: 3,
  ...more,
})
const state = (records: AgentRecord[], revocations: Revocation[] = []): AgentsState => {
  return { ...noAgents, records, revocations }
}
const revocation = (removed: boolean): Revocation => {
  return { enrolment: 'e1', name: 'dc1', at: 5, removed }
}
const told = (before: AgentsState, after: AgentsState) =>
  alertsOf(before, after).map(({ name }) => name)

describe('what admins are told when something is decided about an agent', () => {
  it('is that it was approved, the first time and again', () => {
    const pending = record({ state: 'pending', approvedAt: 0 })
    expect(told(state([pending]), state([record()]))).to.deep.equal(['agentApproved'])
    const again = record({ approvedAt: 9 })
    expect(told(state([record()]), state([again]))).to.deep.equal(['agentApproved'])
  })

  it('is that it is drained, but not that this has an end', () => {
    const draining = record({ state: 'draining' })
    expect(told(state([record()]), state([draining]))).to.deep.equal(['agentDrained'])
    expect(told(state([draining]), state([record()]))).to.deep.equal([])
  })

  it('is that it was revoked, and that it was removed', () => {
    const revoked = state([record({ state: 'revoked' })], [revocation(false)])
    const removed = state([], [revocation(true)])
    expect(told(state([record()]), revoked)).to.deep.equal(['agentRevoked'])
    expect(told(revoked, removed)).to.deep.equal(['agentRemoved'])
    expect(told(state([record()]), removed)).to.deep.equal(['agentRemoved'])
  })

  it('is nothing about what is told where it happens, or does not change', () => {
    expect(told(state([]), state([record({ state: 'pending' })]))).to.deep.equal([])
    expect(told(state([record()]), state([record({ state: 'quarantined' })]))).to.deep.equal([])
    expect(told(state([record()]), state([record({ lastAddress: '10.0.0.1' })]))).to.deep.equal([])
  })

  it('has one occasion, whichever process notices it', () => {
    const [one] = alertsOf(state([record()]), state([record({ approvedAt: 9, version: 4 })]))
    const [other] = alertsOf(state([record()]), state([record({ approvedAt: 9, version: 5 })]))
    expect(one?.occasion).to.equal(other?.occasion)
  })
})
