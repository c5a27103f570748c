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
}

export function createOutages(log: Logger, address: string): Outages {
  const out = new Set<string>()
  return {
    down: (who, why) => {
      if (out.size === 0) log.warn({ redis: address, detail: reason(why) }, 'trouble with Redis')
      out.add(who)
    },
    up: (who) => {
      if (out.delete(who) && out.size === 0) log.info({ redis: address }, 'Redis works again')
    },
  }
}
