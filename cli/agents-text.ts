import type { RevocationReport } from '../provider/agents/administration.ts'
import type { AgentRecord } from '../provider/agents/record.ts'
import { columns } from './columns.ts'
import type { HeardAgent } from './heard-agents.ts'
import { utcTime } from './utc-time.ts'

/** An agent as `postern agents list` and `show` have it; the fields of their JSON. */
export interface ListedAgent extends AgentRecord {
  /** How it speaks at this moment. */
  readonly live: HeardAgent['health'] | 'silent'
  /** Of its software. */
  readonly software?: string
  /** Codes of what it warns of itself. */
  readonly warnings: readonly string[]
  /** Ids of the provider's keys that it has pinned. */
  readonly trusts?: readonly string[]
}

export function listed(record: AgentRecord, heard: HeardAgent | undefined): ListedAgent {
  if (heard === undefined) return { ...record, live: 'silent', warnings: [] }
  const { version, warnings, trusts } = heard.heartbeat
  return { ...record, live: heard.health, software: version, warnings, trusts }
}

/** As a table, for people. */
export function agentTable(agents: readonly ListedAgent[]): string {
  if (agents.length === 0)
    return 'There are no agents yet: `postern agents invite` begins with one.'
  const rows = agents.map((agent) => [
    agent.name,
    agent.realms.join(', '),
    agent.state,
    agent.live,
    agent.software ?? '-',
    time(agent.certificateEnds),
    agent.warnings.join(', ') || '-',
  ])
  const titles = ['name', 'realms', 'state', 'heard', 'version', 'certificate ends', 'warnings']
  return columns([titles, ...rows], '')
}

/** All that is known of one agent. */
export function agentText(agent: ListedAgent): string {
  const { quarantine } = agent
  return columns(
    [
      ['name', agent.name],
      ['realms', agent.realms.join(', ')],
      ['state', agent.state],
      ['heard', agent.live],
      ['fingerprint', agent.fingerprint],
      ['host', agent.host ?? '-'],
      ['address', agent.lastAddress ?? '-'],
      ['networks', agent.networks.join(', ') || 'any'],
      ['version', agent.software ?? '-'],
      ['enrolled', time(agent.enrolledAt)],
      ['approved', time(agent.approvedAt)],
      ['approved until', time(agent.approvedUntil)],
      ['certificate ends', time(agent.certificateEnds)],
      ['warnings', agent.warnings.join(', ') || '-'],
      ...(quarantine ? [['quarantined', `${time(quarantine.at)}: ${quarantine.reason}`]] : []),
      ...(quarantine ? [['because', quarantine.detail]] : []),
    ],
    '',
  )
}

function time(at: number | undefined): string {
  return at === undefined ? '-' : utcTime(at)
}

function names(processes: RevocationReport['confirmed']): string {
  return processes.map((one) => one.name).join(', ')
}

/** Who knows that an agent is over. */
export function revocationText(name: string, done: string, report: RevocationReport): string {
  const { confirmed, silent } = report
  if (silent.length > 0) {
    return `${name} is ${done}, but these provider processes have not confirmed it: ${names(silent)}.
They may still believe it. End them, or run this again.`
  }
  if (confirmed.length === 0) return `${name} is ${done}. No provider process is running.`
  return `${name} is ${done}; every provider process knows (${names(confirmed)}).`
}
