import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import { type WarningCode, warningText } from '../shared/warning.ts'
import { createWarningLog } from '../shared/warning-log.ts'
import { type Condition, createCondition } from './condition.ts'
import type { AgentSettings } from './settings.ts'
import { uncheckedConnections } from './unchecked-connections.ts'
import { type AgentSituation, agentWarnings } from './warnings.ts'

/** What an agent notices of itself. */
export interface SelfWatch {
  /** To be told of each answer of a directory. */
  readonly condition: Condition
  /** What there is to warn of at this moment; also said in the log, once. */
  warnings(): readonly WarningCode[]
}

/** What others know: of the certificate, the provider's clock, the proxy. */
export type Elsewhere = Pick<AgentSituation, 'certificateEnds' | 'clockAhead' | 'isProxyDown'>

export function createSelfWatch(
  settings: Pick<AgentSettings, 'redis' | 'realms'>,
  parts: { clock: Clock; log: Logger; elsewhere: () => Elsewhere },
): SelfWatch {
  const { clock, log, elsewhere } = parts
  const unchecked = uncheckedConnections(settings)
  const realms = settings.realms.map(({ name }) => name)
  const condition = createCondition(realms, clock)
  const logWarnings = createWarningLog(log)
  return {
    condition,
    warnings: () => {
      const here = { now: clock.now(), directories: condition.directories(), unchecked }
      const held = agentWarnings({ ...here, ...elsewhere() })
      logWarnings(held)
      return [...new Set(held.map(({ name }) => warningText(name).code))]
    },
  }
}
