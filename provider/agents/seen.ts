import type { HeardAgent } from '../broker/registry.ts'
import type { AgentRecord } from './record.ts'
import type { AgentSeen } from './warnings.ts'

type Heard = HeardAgent & { readonly outlierFor?: readonly string[] }

/** PURE. What is decided of each agent, with what was heard of this very enrolment. */
export function agentsSeen(
  records: readonly AgentRecord[],
  heard: readonly Heard[],
): readonly AgentSeen[] {
  const byEnrolment = new Map(heard.map((one) => [one.enrolment, one]))
  return records.map((record) => {
    const one = byEnrolment.get(record.enrolment)
    return { record, heard: one, outlierFor: one?.outlierFor ?? [] }
  })
}
