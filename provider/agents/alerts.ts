import type { Logger } from '../../shared/log.ts'
import { type Alert, alertText } from './alert.ts'

/** Tells admins what has happened to an agent. Never waits, never fails. */
export interface Alerts {
  raise(alert: Alert): void
}

/** Whoever hears of each alert beside the log, such as a webhook; must not wait, must not throw. */
export type AlertListener = (alert: Alert) => void

export function createAlerts(log: Logger, listeners: readonly AlertListener[] = []): Alerts {
  return {
    raise: (alert) => {
      const { name, agent, realm, reference, detail } = alert
      const { code, title, level } = alertText(name)
      log[level]({ agent, realm, reference, detail, alert: name, alertCode: code }, title)
      for (const hear of listeners) hear(alert)
    },
  }
}
