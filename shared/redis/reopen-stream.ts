import type { RedisClient } from './client.ts'
import type { Connection } from './connector.ts'
import { timeOf } from './stream-entries.ts'

// Milliseconds.
const every = 2_000

/**
 * Begins a stream anew that nobody can add to any more, since its last entry has the highest id
 * there is. Whoever may add an entry may choose its id, and trim it away in the same command: so one
 * agent alone could silence all of them, and that after it was revoked.
 * @returns looks now and then, however often it is called
 */
export function createReopening(
  { clock, outages }: Pick<RedisClient, 'clock' | 'outages'>,
  key: string,
): (reader: Connection) => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY
  return async (reader) => {
    const now = clock.now()
    if (now - lookedAt < every) return
    lookedAt = now
    if (timeOf(await lastId(reader, key)) <= Number.MAX_SAFE_INTEGER) return
    await reader.del(key)
    const who = `${key} full`
    outages.down(who, new Error(`${key} was given the highest id there is, and begins anew`))
    outages.up(who)
  }
}

/** Also of an entry that is gone. */
async function lastId(reader: Connection, key: string): Promise<string> {
  try {
    const facts = (await reader.xinfo('STREAM', key)) as unknown[]
    return String(facts[facts.indexOf('last-generated-id') + 1])
  } catch (error) {
    if (error instanceof Error && error.message.includes('no such key')) return '0-0'
    throw error
  }
}
