import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import { version } from '../../shared/version.ts'
import type { WarningName } from '../../shared/warning.ts'
import { createWarningLog, type HeldWarning } from '../../shared/warning-log.ts'
import type { Broker } from '../broker/broker.ts'
import type { Alerts } from './alerts.ts'
import { alertsOf } from './announce.ts'
import type { AgentDirectory } from './directory.ts'
import { agentsSeen } from './seen.ts'
import { providerWarnings, type Situation } from './warnings.ts'

/** Looks at the agents once a second, and says in the log what there is to warn of. */
export interface AgentsWatch {
  situation(): Situation
  warnings(): readonly HeldWarning[]
  stop(): void
}

export interface AgentsWatchParts {
  readonly directory: Pick<AgentDirectory, 'all' | 'revocations' | 'onNews'>
  readonly broker: Pick<Broker, 'agents'>
  readonly alerts: Alerts
  readonly realms: readonly { readonly name: string }[]
  readonly clock: Clock
  readonly log: Logger
  /** What other parts of the process have to warn of at this moment. */
  readonly others: () => readonly HeldWarning[]
  readonly meant: readonly WarningName[]
}

/** Milliseconds. */
const interval = 1_000

export function watchAgents(parts: AgentsWatchParts): AgentsWatch {
  const { directory, broker, alerts, clock, log, others, meant } = parts
  const realms = parts.realms.map(({ name }) => name)
  const since = clock.now()
  const logWarnings = createWarningLog(log)

  const state = () => ({ records: directory.all(), revocations: directory.revocations() })
  let known = state()
  directory.onNews(() => {
    const before = known
    known = state()
    for (const alert of alertsOf(before, known)) alerts.raise(alert)
  })

  const situation = (): Situation => ({
    now: clock.now(),
    since,
    version,
    realms,
    agents: agentsSeen(directory.all(), broker.agents()),
    others: others(),
    meant,
  })
  const warnings = () => providerWarnings(situation())
  const timer = setInterval(() => logWarnings(warnings()), interval).unref()
  return { situation, warnings, stop: () => clearInterval(timer) }
}
