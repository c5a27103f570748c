import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, randomId } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import type { Alert } from './alert.ts'
import { type WebhookMessage, webhookMessage } from './webhook-message.ts'
import { postWebhook, type Receiver } from './webhook-post.ts'
import { createTurns } from './webhook-turn.ts'

/** Posts alerts to a server of the admins'. Nobody waits for it. */
export interface Webhook {
  tell(alert: Alert): void
  /** True from the second failure in a row until a post is accepted. */
  isFailing(): boolean
  /** Gives up what is under way. */
  stop(): Promise<void>
}

export interface WebhookParts extends Receiver {
  readonly clock: Clock
  readonly log: Logger
  /** Where provider processes agree on who posts. */
  readonly store: Store
  /** Milliseconds; the usual ones unless given. */
  readonly timing?: Partial<WebhookTiming>
}

export interface WebhookTiming {
  /** For one try. */
  readonly timeout: number
  /** After the first failure; doubled each time, up to the longest. */
  readonly shortestPause: number
  readonly longestPause: number
  /** After which a message is given up. */
  readonly lifetime: number
  /** For which no other provider process tries the same message. */
  readonly lease: number
}

const usualTiming: WebhookTiming = {
  timeout: 15_000,
  shortestPause: 1_000,
  longestPause: 5 * 60_000,
  lifetime: 24 * 3_600_000,
  lease: 30_000,
}

// A receiver that is down for a day must not fill the memory; and agents do not do that much.
const mostWaiting = 200

interface Waiting extends WebhookMessage {
  readonly since: number
}

export function createWebhook(parts: WebhookParts): Webhook {
  const { clock, log } = parts
  const ended = new AbortController()
  const { signal } = ended
  const courier = createCourier(parts, signal)
  const waiting: Waiting[] = []
  let under: Promise<void> | undefined

  async function deliverAll(): Promise<void> {
    for (let next = waiting[0]; next !== undefined && !signal.aborted; next = waiting[0]) {
      const pause = await courier.deliver(next)
      if (pause === undefined) waiting.shift()
      // Cut short by `stop` alone.
      else await sleep(pause, undefined, { signal }).catch(() => {})
    }
    under = undefined
  }

  return {
    tell: ({ occasion = randomId(clock), ...alert }) => {
      if (signal.aborted) return
      const since = clock.now()
      waiting.push({ ...webhookMessage(alert, { at: since, occasion }), since })
      if (waiting.length > mostWaiting) {
        // Not the first, which is under way.
        const [lost] = waiting.splice(1, 1)
        log.error({ webhookId: lost?.id }, 'too many alerts wait for the webhook; one is lost')
      }
      under ??= deliverAll()
    },
    isFailing: () => courier.failures() >= 2,
    stop: async () => {
      ended.abort()
      await under
      if (waiting.length > 0) log.warn({ lost: waiting.length }, 'alerts were not delivered')
    },
  }
}

function createCourier(parts: WebhookParts, ended: AbortSignal) {
  const { clock, log } = parts
  const timing = { ...usualTiming, ...parts.timing }
  const { lease, lifetime, timeout } = timing
  const instance = randomId(clock)
  const turns = createTurns(parts.store, { instance, lease, memory: lifetime })
  let failures = 0

  function fail(message: Waiting, detail: string): number | undefined {
    failures += 1
    const facts = { webhookId: message.id, detail, failures }
    if (clock.now() - message.since >= lifetime) {
      log.error(facts, 'an alert was not delivered, and is given up')
      return undefined
    }
    // Not each of some hundred tries.
    log[failures <= 3 ? 'warn' : 'debug'](facts, 'an alert could not be delivered yet')
    const [chance = 0] = clock.randomBytes(1)
    const longest = Math.min(timing.longestPause, timing.shortestPause * 2 ** (failures - 1))
    return longest * (0.5 + chance / 512)
  }

  return {
    failures: () => failures,
    /** @returns milliseconds to wait before the next try; none if the message is settled */
    deliver: async (message: Waiting): Promise<number | undefined> => {
      const turn = await turns.take(message.id)
      if (turn === 'done') return undefined
      if (turn === 'others') return lease
      const problem = await postWebhook(parts, message, { at: clock.now(), timeout, ended })
      if (problem !== undefined) return fail(message, problem)
      failures = 0
      await turns.done(message.id)
      return undefined
    },
  }
}
