import type { RevocationReport } from '../provider/agents/administration.ts'
import type { AgentStatus, AgentsStatus, WarningStatus } from '../provider/agents/status.ts'
import { columns } from './columns.ts'
import { utcTime } from './utc-time.ts'

/** As tables, for people: agents, then what there is to warn of. */
export function statusText(status: AgentsStatus): string {
  const { agents, realms, warnings } = status
  if (agents.length === 0) {
    return 'There are no agents yet: `postern agents invite` begins with one.'
  }
  const rows = agents.map((agent) => [
    agent.name,
    agent.realms.join(', '),
    agent.state,
    agent.health,
    agent.version ?? '-',
    time(agent.certificateEnds),
    codes(agent.warnings),
  ])
  const titles = ['name', 'realms', 'state', 'heard', 'version', 'certificate ends', 'warnings']
  const about = [
    ...realms.flatMap((realm) => realm.warnings.map((one) => warningText(one, realm.name))),
    ...agents.flatMap((agent) => agent.warnings.map((one) => warningText(one, agent.name))),
    ...warnings.map((one) => warningText(one)),
  ]
  return [columns([titles, ...rows], ''), ...about].join('\n')
}

/** All that is known of one agent. */
export function agentText(agent: AgentStatus): string {
  const { quarantine, warnings } = agent
  const table = columns(
    [
      ['name', agent.name],
      ['realms', agent.realms.join(', ')],
      ['state', agent.state],
      ['heard', agent.health],
      ['fingerprint', agent.fingerprint],
      ['host', agent.host ?? '-'],
      ['address', agent.address ?? '-'],
      ['networks', agent.networks.join(', ') || 'any'],
      ['version', agent.version ?? '-'],
      ['enrolled', time(agent.enrolledAt)],
      ['approved', time(agent.approvedAt)],
      ['approved until', time(agent.approvedUntil)],
      ['certificate ends', time(agent.certificateEnds)],
      ['warnings', codes(warnings)],
      ...(quarantine ? [['quarantined', `${time(quarantine.at)}: ${quarantine.reason}`]] : []),
      ...(quarantine ? [['because', quarantine.detail]] : []),
    ],
    '',
  )
  return [table, ...warnings.map((one) => warningText(one))].join('\n')
}

function warningText({ code, title, advice, detail, realm }: WarningStatus, of?: string): string {
  const about = of ?? realm
  const what = `${code}  ${about === undefined ? '' : `${about}: `}${title}`
  return `${what}${detail === undefined ? '' : ` (${detail})`}. ${advice}`
}

function codes(warnings: readonly WarningStatus[]): string {
  return [...new Set(warnings.map(({ code }) => code))].join(', ') || '-'
}

function time(at: string | undefined): string {
  return at === undefined ? '-' : utcTime(Date.parse(at))
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
