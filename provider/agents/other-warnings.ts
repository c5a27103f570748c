import type { Carriers } from '../../shared/carriers.ts'
import type { HeldWarning } from '../../shared/warning-log.ts'
import type { OpenAlerts } from './open-alerts.ts'

/** What there is to warn of beside agents. */
export interface OtherWarnings {
  held(): readonly HeldWarning[]
  stop(): void
}

// Milliseconds. Somebody may turn it on or off while Redis runs.
const askEvery = 60_000

export function createOtherWarnings(parts: {
  carriers: Pick<Carriers, 'isPersistent'>
  alerts: Pick<OpenAlerts, 'isFailing'>
  unconfirmed: () => readonly string[]
  hasBreakGlass: () => boolean
}): OtherWarnings {
  const { carriers, alerts, unconfirmed, hasBreakGlass } = parts
  let isPersistent = true
  const ask = async () => {
    // A Redis that is down has other warnings.
    isPersistent = (await carriers.isPersistent?.().catch(() => undefined)) ?? isPersistent
  }
  void ask()
  const timer = setInterval(() => void ask(), askEvery).unref()
  return {
    held: () => {
      const detail = unconfirmed().join(', ')
      return [
        ...(isPersistent ? [] : [{ name: 'redisNotPersistent' } as const]),
        ...(hasBreakGlass() ? [] : [{ name: 'noBreakGlass' } as const]),
        ...(alerts.isFailing() ? [{ name: 'alertsUndelivered' } as const] : []),
        ...(detail === '' ? [] : [{ name: 'revocationUnconfirmed', detail } as const]),
      ]
    },
    stop: () => clearInterval(timer),
  }
}
