import { Redis, type RedisOptions } from 'ioredis'
import type { Server } from '../proxy.ts'

/**
 * Asks Sentinels where the master is, one after the other, beginning with the one that knew last.
 * ioredis does the same by itself, but not through a proxy.
 *
 * @param options for a connection to a Sentinel, without its address
 * @throws if none of them knows
 */
export function createMasterFinder(
  sentinels: readonly Server[],
  name: string,
  options: RedisOptions & { readonly replyMapping: 'legacy' },
): () => Promise<Server> {
  let best = 0

  async function ask(sentinel: Server): Promise<Server> {
    const redis = new Redis({ ...options, ...sentinel, retryStrategy: () => null })
    // The rejection says it, too.
    let said: unknown
    redis.on('error', (error: unknown) => {
      said = error
    })
    try {
      await redis.connect()
      const address = await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)
      if (!Array.isArray(address)) throw new Error(`it knows no master called ${name}`)
      const [host, port] = address as [string, string]
      return { host, port: Number(port) }
    } catch (error) {
      throw said ?? error
    } finally {
      redis.disconnect()
    }
  }

  return async () => {
    let last: unknown
    for (let tries = 0; tries < sentinels.length; tries += 1) {
      const index = (best + tries) % sentinels.length
      const sentinel = sentinels[index]
      if (sentinel === undefined) continue
      try {
        const found = await ask(sentinel)
        best = index
        return found
      } catch (error) {
        last = error
      }
    }
    const why = last instanceof Error ? last.message : String(last)
    throw new Error(`no Sentinel answers: ${why}`, { cause: last })
  }
}
