import type { Alert } from './alert.ts'
import type { AgentsState } from './record.ts'

/**
 * PURE. What admins are told of when the knowledge of agents changes: what other admins have
 * decided, with whichever command on whichever host. Every provider process notices the same; the
 * occasion says so. How an agent came to be quarantined or enrolled is told where it happens.
 */
export function alertsOf(before: AgentsState, after: AgentsState): readonly Alert[] {
  return [...decisions(before, after), ...ends(before, after)]
}

function decisions(before: AgentsState, after: AgentsState): Alert[] {
  const known = new Map(before.records.map((record) => [record.enrolment, record]))
  return after.records.flatMap((record) => {
    const { name: agent, enrolment, state, approvedAt, version } = record
    const old = known.get(enrolment)
    if (old === undefined) return []
    if (approvedAt !== undefined && approvedAt !== old.approvedAt) {
      return one({ name: 'agentApproved', agent, occasion: `${enrolment} ${approvedAt}` })
    }
    if (state !== 'draining' || old.state === 'draining') return []
    return one({ name: 'agentDrained', agent, occasion: `${enrolment} ${version}` })
  })
}

function ends(before: AgentsState, after: AgentsState): Alert[] {
  const known = new Map(before.revocations.map((old) => [old.enrolment, old]))
  return after.revocations.flatMap(({ name: agent, enrolment, removed }) => {
    const same = known.get(enrolment)
    if (same !== undefined && same.removed === removed) return []
    const name = removed ? 'agentRemoved' : 'agentRevoked'
    return one({ name, agent, occasion: `${enrolment} ${name}` })
  })
}

function one(alert: Alert): Alert[] {
  return [alert]
}
