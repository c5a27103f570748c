import type { Bus } from './bus.ts'
import type { RedisClient } from './redis/client.ts'
import { consumeStream } from './redis/consume-stream.ts'
import { followStream } from './redis/follow-stream.ts'
import { commandFault } from './redis/refusal.ts'
import { createUpkeep } from './redis/stream-upkeep.ts'

/**
 * The bus over Redis streams, 6.2 or later: one server, or a cluster, since each operation has one
 * key. Each subscription has a connection of its own.
 *
 * @param options.maxLength entries that a stream keeps, about; 10,000 unless given
 */
export function createRedisBus(client: RedisClient, options: { maxLength?: number } = {}): Bus {
  const { address, prefix } = client
  const { maxLength = 10_000 } = options
  const keepUp = createUpkeep(client)

  return {
    add: async (stream, entry) => {
      const key = prefix + stream
      try {
        const fields = Object.entries(entry).flat()
        const id = await client.commands.xadd(key, 'MAXLEN', '~', maxLength, '*', ...fields)
        if (id !== null) keepUp(key, id)
      } catch (error) {
        throw commandFault('busDown', address, error)
      }
    },
    consume: (stream, how, handle) => consumeStream(client, prefix + stream, how, handle),
    follow: (stream, how, handle) => followStream(client, prefix + stream, how, handle),
  }
}
