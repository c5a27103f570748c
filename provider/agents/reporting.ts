import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import { type OpenMetrics, openMetrics } from '../metrics/open-metrics.ts'
import type { ProviderSettings } from '../settings.ts'
import { type OpenAlerts, openAlerts } from './open-alerts.ts'

/** Where it is said what happens, beside the log. */
export interface Reporting {
  readonly metrics: OpenMetrics
  readonly alerts: OpenAlerts
  stop(): Promise<void>
}

/**
 * As the settings say.
 * @param parts.folder what file names in the settings are relative to
 * @throws Fault `listen`, and `settings` if a file cannot be used
 */
export async function openReporting(
  { alerts: { webhook }, metrics: counting }: Pick<ProviderSettings, 'alerts' | 'metrics'>,
  parts: { store: Store; clock: Clock; log: Logger; folder: string },
): Promise<Reporting> {
  await using opened = new AsyncDisposableStack()
  const metrics = await openMetrics(counting, parts.log)
  opened.defer(() => metrics.stop())
  const alerts = await openAlerts(webhook, { ...parts, metrics })
  opened.defer(() => alerts.stop())
  const running = opened.move()
  return { metrics, alerts, stop: () => running.disposeAsync() }
}
