import type { Logger } from '../log.ts'
import { reason } from './refusal.ts'

/**
 * Says once in the log that there is trouble with Redis and once that it is over, however many
 * connections notice it and however often they try.
 */
export interface Outages {
  /** @param who the connection or stream that noticed */
  down(who: string, why: unknown): void
  /** It works again, or is not needed any more. */
  up(who: string): void
  /** Whether there is trouble now, and how often there was, this one included. */
  sofar(): RedisTroubles
}

export interface RedisTroubles {
  readonly isDown: boolean
  readonly outages: number
}

export function createOutages(log: Logger, address: string): Outages {
  const out = new Set<string>()
  let count = 0
  return {
    down: (who, why) => {
      if (out.size === 0) {
        count += 1
        log.warn({ redis: address, detail: reason(why) }, 'trouble with Redis')
      }
      out.add(who)
    },
    up: (who) => {
      if (out.delete(who) && out.size === 0) log.info({ redis: address }, 'Redis works again')
    },
    sofar: () => ({ isDown: out.size > 0, outages: count }),
  }
}
