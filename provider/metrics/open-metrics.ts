import type { Logger } from '../../shared/log.ts'
import type { Now } from './gauges.ts'
import { type Metrics, noMetrics } from './metrics.ts'
import type { MetricsSettings } from './settings.ts'

export interface OpenMetrics extends Metrics {
  /** Whom to ask how things stand, once there is somebody. */
  follow(now: () => Now): void
  stop(): Promise<void>
}

/**
 * Metrics as the settings say; without them nothing is counted, nor loaded.
 * @throws Fault `listen`
 */
export async function openMetrics(
  settings: MetricsSettings | undefined,
  log: Logger,
): Promise<OpenMetrics> {
  if (settings === undefined) return { ...noMetrics, follow: () => {}, stop: async () => {} }
  const [{ createPrometheusMetrics }, { serveMetrics }] = await Promise.all([
    import('./prometheus.ts'),
    import('./serve-metrics.ts'),
  ])
  let current = nothingYet
  const metrics = createPrometheusMetrics(() => current())
  const server = await serveMetrics(settings.listen, metrics, log)
  log.info({ address: server.address }, 'metrics ready')
  return {
    ...metrics,
    follow: (now) => {
      current = now
    },
    stop: () => server.close(),
  }
}

function nothingYet(): Now {
  return { agents: [], realms: [], warnings: [], redis: { isDown: false, outages: 0 } }
}
