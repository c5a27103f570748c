import { Redis } from 'ioredis'
import type { System } from './start-system.ts'

/** A connection to the Redis of a running system, to look into it and to meddle with it. */
export function openRedis(system: Pick<System, 'redis'>): Disposable & { readonly redis: Redis } {
  const redis = new Redis(system.redis.url)
  return { redis, [Symbol.dispose]: () => redis.disconnect() }
}
