import type { Carriers } from '../../shared/carriers.ts'
import { nowOf } from '../metrics/now.ts'
import type { OpenMetrics } from '../metrics/open-metrics.ts'
import type { OpenAlerts } from './open-alerts.ts'
import { createOtherWarnings } from './other-warnings.ts'
import { type AgentsWatchParts, watchAgents } from './watch.ts'

/** Keeps admins informed of how agents stand: in the log, by alerts and in the metrics. */
export function observeAgents(
  parts: Omit<AgentsWatchParts, 'others' | 'alerts' | 'meant'> & {
    readonly alerts: OpenAlerts
    readonly carriers: Carriers
    /** Names of provider processes that do not know of every revocation. */
    readonly unconfirmed: () => readonly string[]
    readonly metrics: Pick<OpenMetrics, 'follow'>
    /** Whether somebody can sign in without an agent. */
    readonly hasBreakGlass: () => boolean
    /** Everything is in one process: local mode. */
    readonly isLocal: boolean
  },
): { stop(): void } {
  const { carriers, broker, metrics, isLocal } = parts
  const others = createOtherWarnings(parts)
  const watch = watchAgents({
    ...parts,
    others: () => others.held(),
    meant: isLocal ? ['singleAgent', 'noBreakGlass'] : [],
  })
  metrics.follow(() => nowOf(watch.situation(), broker.agents(), carriers.troubles?.()))
  return {
    stop: () => {
      watch.stop()
      others.stop()
    },
  }
}
