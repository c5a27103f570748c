import type { Bus } from './bus.ts'
import type { Clock } from './clock.ts'
import { Fault } from './fault.ts'
import type { Logger } from './log.ts'
import type { Proxy } from './proxy.ts'
import type { AgentUsers } from './redis/agent-users.ts'
import type { RedisTroubles } from './redis/outages.ts'
import type { Durability } from './redis/persistence.ts'
import type { RedisSettings } from './redis/settings.ts'
import type { Store } from './store.ts'

/** What provider and agents meet on. */
export interface Carriers {
  readonly bus: Bus
  readonly store: Store
  /** With Redis. */
  troubles?(): RedisTroubles
  /** Whether it will have what it was told; with Redis. */
  durability?(): Promise<Durability>
  /** The users of Redis that agents have; absent in memory, where nobody logs in. */
  readonly agentUsers?: AgentUsers
  /** After all subscriptions have been stopped. Whoever opened them has it called. */
  close?(): Promise<void>
}

/**
 * Those of local mode if there are any, otherwise the Redis of the settings. Redis is loaded only
 * then.
 * @param parts.name of this process; the same after a restart
 * @param parts.ownsStreams true for a provider, which mends the streams that it reads
 * @throws Fault `settings` or `storeDown`
 */
export async function openCarriers(
  given: Carriers | undefined,
  settings: RedisSettings | undefined,
  parts: {
    clock: Clock
    log: Logger
    name: string
    folder: string
    ownsStreams?: boolean
    proxy?: Proxy | undefined
  },
): Promise<Carriers> {
  if (given !== undefined) return { bus: given.bus, store: given.store }
  if (settings === undefined) throw new Fault('settings', '`redis` is missing')
  const redis = await import('./redis/carriers.ts')
  return redis.openCarriers(settings, parts)
}
