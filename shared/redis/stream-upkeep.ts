import type { RedisClient } from './client.ts'
import { timeOf } from './stream-entries.ts'

/** The consumer group of every stream; each stream has one consumer, so one name will do. */
export const group = 'postern'

/** Milliseconds after which a stream is dropped that nobody adds to: its reader has died. */
export const keptFor = 3_600_000

// Milliseconds. Nobody waits for an answer that long, so nobody needs the question.
const entryKeptFor = 60_000
const every = 10_000

/**
 * Trims a stream by age and moves its end, now and then: once in ten seconds of adding to it, since
 * each time costs two commands more. Told by the clock of Redis, which the ids carry, so that a
 * process whose clock is fast deletes nothing that is new.
 *
 * @returns to be called with each id that was added
 */
export function createUpkeep(client: RedisClient): (key: string, id: string) => void {
  const { outages } = client
  const doneAt = new Map<string, number>()

  async function keepUp(key: string, now: number): Promise<void> {
    const who = `${key} upkeep`
    try {
      const commands = client.commands
      const trimmed = commands.xtrim(key, 'MINID', String(now - entryKeptFor))
      await Promise.all([trimmed, commands.pexpire(key, keptFor)])
      outages.up(who)
    } catch (error) {
      doneAt.delete(key)
      outages.down(who, error)
    }
  }

  return (key, id) => {
    const now = timeOf(id)
    if (now - (doneAt.get(key) ?? 0) < every) return
    // Streams of provider processes come and go.
    for (const [other, at] of doneAt) if (now - at >= every) doneAt.delete(other)
    doneAt.set(key, now)
    void keepUp(key, now)
  }
}
