import { pino } from 'pino'
import type { Bus } from '../../shared/bus.ts'
import { createRedisBus } from '../../shared/bus-redis.ts'
import { systemClock } from '../../shared/clock.ts'
import { connectRedis, type RedisClient } from '../../shared/redis/client.ts'
import type { RedisSettings } from '../../shared/redis/settings.ts'
import type { Store } from '../../shared/store.ts'
import { createRedisStore } from '../../shared/store-redis.ts'

/** Bus and store over a Redis, with what lies under them for a test to look at. */
export interface RedisCarriers {
  readonly client: RedisClient
  readonly bus: Bus
  readonly store: Store
  /** What was logged, oldest first: level, message and detail. */
  logged(): readonly string[]
  readonly dispose: () => Promise<void>
}

export async function openCarriers(
  server: { readonly url: string } | RedisSettings,
  options: { name?: string; maxLength?: number } = {},
): Promise<RedisCarriers> {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) })
  const settings = 'keyPrefix' in server ? server : { url: server.url, keyPrefix: 'postern:' }
  const name = options.name ?? 'test'
  const client = await connectRedis(settings, { clock: systemClock, log, folder: '.', name })
  return {
    client,
    bus: createRedisBus(client, options),
    store: createRedisStore(client),
    logged: () => lines.map(printed),
    dispose: () => client.close(),
  }
}

function printed(line: string): string {
  const { level, msg, detail } = JSON.parse(line) as { level: number; msg: string; detail?: string }
  return [pino.levels.labels[level], msg, ...(detail === undefined ? [] : [detail])].join(': ')
}
