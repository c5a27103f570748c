import type { RedisClient } from './redis/client.ts'
import type { Connection } from './redis/connector.ts'
import { commandFault } from './redis/refusal.ts'
import type { Store } from './store.ts'

/** The store in Redis 6.2 or later: one server, or a cluster, since each operation has one key. */
export function createRedisStore(client: RedisClient): Store {
  const { address, prefix } = client

  async function run<T>(ask: (commands: Connection) => Promise<T>): Promise<T> {
    try {
      return await ask(client.commands)
    } catch (error) {
      throw commandFault('storeDown', address, error)
    }
  }

  return {
    get: (key) => run(async (commands) => (await commands.get(prefix + key)) ?? undefined),
    set: async (key, value, ttl) => {
      if (ttl === undefined) await run((commands) => commands.set(prefix + key, value))
      else await run((commands) => commands.set(prefix + key, value, 'PX', whole(ttl)))
    },
    delete: (key) => run(async (commands) => (await commands.del(prefix + key)) > 0),
    take: (key) => run(async (commands) => (await commands.getdel(prefix + key)) ?? undefined),
    claim: (key, value, ttl) =>
      run(
        async (commands) =>
          (await commands.set(prefix + key, value, 'PX', whole(ttl), 'NX')) !== null,
      ),
    // INCR keeps the end of what is there. To set it after an INCR that gave 1 would be a second
    // step, and a process that dies in between leaves a counter that never ends.
    count: (key, window) =>
      run(async (commands) => {
        const name = prefix + key
        const counted = commands.multi().set(name, 0, 'PX', whole(window), 'NX').incr(name)
        return Number((await together(counted)).at(-1))
      }),
    append: async (key, value, { max, ttl }) => {
      await run(async (commands) => {
        const name = prefix + key
        const appended = commands.multi().rpush(name, value).ltrim(name, -max, -1)
        return together(appended.pexpire(name, whole(ttl)))
      })
    },
    range: (key) => run((commands) => commands.lrange(prefix + key, 0, -1)),
  }
}

/** Commands of which all are done or none, with nothing of others in between. */
async function together(transaction: Transaction): Promise<unknown[]> {
  const replies = (await transaction.exec()) ?? []
  return replies.map(([error, reply]) => {
    if (error) throw error
    return reply
  })
}

type Transaction = ReturnType<Connection['multi']>

// Redis takes whole milliseconds and refuses 0; a value for less than one is gone at once.
function whole(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds))
}
