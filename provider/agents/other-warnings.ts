import type { Carriers } from '../../shared/carriers.ts'
import type { HeldWarning } from '../../shared/warning-log.ts'
import type { OpenAlerts } from './open-alerts.ts'
import { redisWarnings } from './redis-warnings.ts'

/** What there is to warn of beside agents. */
export interface OtherWarnings {
  held(): readonly HeldWarning[]
  stop(): void
}

// Milliseconds. Somebody may turn it on or off while Redis runs.
const askEvery = 60_000

export function createOtherWarnings(parts: {
  carriers: Pick<Carriers, 'durability'>
  alerts: Pick<OpenAlerts, 'isFailing'>
  unconfirmed: () => readonly string[]
  hasBreakGlass: () => boolean
}): OtherWarnings {
  const { carriers, alerts, unconfirmed, hasBreakGlass } = parts
  let ofRedis: readonly HeldWarning[] = []
  const ask = async () => {
    const answer = await carriers.durability?.().catch(() => undefined)
    // A Redis that is down has other warnings.
    if (answer !== undefined) ofRedis = redisWarnings(answer)
  }
  void ask()
  const timer = setInterval(() => void ask(), askEvery).unref()
  return {
    held: () => {
      const detail = unconfirmed().join(', ')
      return [
        ...ofRedis,
        ...(hasBreakGlass() ? [] : [{ name: 'noBreakGlass' } as const]),
        ...(alerts.isFailing() ? [{ name: 'alertsUndelivered' } as const] : []),
        ...(detail === '' ? [] : [{ name: 'revocationUnconfirmed', detail } as const]),
      ]
    },
    stop: () => clearInterval(timer),
  }
}
