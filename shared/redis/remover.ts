import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisClient } from './client.ts'
import { group } from './stream-upkeep.ts'

/** Deletes handled entries, as many at a time as there are. */
export interface Remover {
  remove(id: string): void
  /** It was handled, and Redis has not confirmed yet that it is deleted. */
  has(id: string): boolean
  /** Resolves when nothing is left to delete, or cannot be deleted now. */
  finish(): Promise<void>
}

// Milliseconds. Nobody waits for a deletion, and one for many entries costs as much as one for one.
const gathering = 20

export function createRemover(client: RedisClient, key: string): Remover {
  const { outages } = client
  const handled = new Set<string>()
  let under: Promise<void> | undefined

  async function removeAll(): Promise<void> {
    try {
      while (handled.size > 0) {
        await sleep(gathering)
        const ids = [...handled]
        const commands = client.commands
        // Deleted first: should the second step be lost, an entry without fields is left over,
        // and not one that would be handled again.
        await Promise.all([commands.xdel(key, ...ids), commands.xack(key, group, ...ids)])
        for (const id of ids) handled.delete(id)
      }
      outages.up(`${key} removal`)
    } catch (error) {
      // They stay in the set, and go with the next ones or when the stream is read anew.
      outages.down(`${key} removal`, error)
    } finally {
      under = undefined
    }
  }

  return {
    remove: (id) => {
      handled.add(id)
      under ??= removeAll()
    },
    has: (id) => handled.has(id),
    finish: async () => {
      await under
      outages.up(`${key} removal`)
    },
  }
}
