import { resolve } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import { readProxy } from '../../shared/proxy-settings.ts'
import { readCertificate } from '../../shared/settings/certificate-file.ts'
import { readSecretFile } from '../../shared/settings/secret-file.ts'
import type { Store } from '../../shared/store.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { type AlertListener, type Alerts, createAlerts } from './alerts.ts'
import { createWebhook } from './webhook.ts'
import { webhookSecret } from './webhook-message.ts'
import type { WebhookSettings } from './webhook-settings.ts'

export interface OpenAlerts extends Alerts {
  /** The webhook does not accept what it is told. */
  isFailing(): boolean
  stop(): Promise<void>
}

/**
 * Alerts as the settings say: in the log and the metrics always, and to a webhook if there is one.
 * @param parts.folder what file names in the settings are relative to
 * @throws Fault `settings` if a file cannot be read, or is no secret or no certificate
 */
export async function openAlerts(
  webhook: WebhookSettings | undefined,
  parts: {
    store: Store
    clock: Clock
    log: Logger
    folder: string
    metrics: Pick<Metrics, 'alert'>
  },
): Promise<OpenAlerts> {
  const { log, metrics, folder } = parts
  const count: AlertListener = ({ name }) => metrics.alert(name)
  if (webhook === undefined) {
    return { ...createAlerts(log, [count]), isFailing: () => false, stop: nothing }
  }
  const { url, caFile } = webhook
  const secret = webhookSecret(await readSecretFile(resolve(folder, webhook.secretFile)))
  const ca = caFile === undefined ? undefined : await readCertificate(resolve(folder, caFile))
  const proxy = await readProxy(undefined, folder)
  const posting = createWebhook({ ...parts, url, secret, proxy, ...(ca !== undefined && { ca }) })
  const alerts = createAlerts(log, [count, (alert) => posting.tell(alert)])
  return { ...alerts, isFailing: () => posting.isFailing(), stop: () => posting.stop() }
}

async function nothing(): Promise<void> {}
