import type { RedisClient } from './client.ts'
import type { Connection } from './connector.ts'
import { block } from './keep-reading.ts'
import { entriesOfRead, type StreamEntry } from './stream-entries.ts'
import { group, keptFor } from './stream-upkeep.ts'

/**
 * Reads a stream as the one consumer of its consumer group. What Redis has handed to it stays its
 * own until it is deleted: after a crash its next run, which has the same name, is given that
 * first; so is this run after a broken connection, which may have swallowed a reply.
 *
 * @returns reads at most `count` entries, some of which may have been given before
 */
export function createGroupReader(
  { name }: RedisClient,
  key: string,
): (reader: Connection, count: number) => Promise<StreamEntry[]> {
  const ours = ['GROUP', group, name, 'COUNT'] as const
  // Our own entries after this one are asked for; once there are no more, new ones.
  let ownAfter: string | undefined = '0'

  async function readOwn(reader: Connection, count: number, after: string): Promise<StreamEntry[]> {
    const entries = entriesOfRead(await reader.xreadgroup(...ours, count, 'STREAMS', key, after))
    ownAfter = entries.at(-1)?.id
    return entries
  }

  async function readNew(reader: Connection, count: number): Promise<StreamEntry[]> {
    const wait = ['BLOCK', block, 'STREAMS'] as const
    return entriesOfRead(await reader.xreadgroup(...ours, count, ...wait, key, '>'))
  }

  return async (reader, count) => {
    try {
      if (ownAfter === undefined) return await readNew(reader, count)
      return await readOwn(reader, count, ownAfter)
    } catch (error) {
      ownAfter = '0'
      if (!isGroupGone(error)) throw error
      await createGroup(reader, key)
      return []
    }
  }
}

/** Redis was restarted, or nobody added for so long that the stream was dropped. */
function isGroupGone(error: unknown): boolean {
  return error instanceof Error && /^(NOGROUP|UNBLOCKED)/.test(error.message)
}

async function createGroup(reader: Connection, key: string): Promise<void> {
  try {
    // From the first entry on: what was added before there was a group is for it too.
    await reader.xgroup('CREATE', key, group, '0', 'MKSTREAM')
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('BUSYGROUP')) throw error
  }
  await reader.pexpire(key, keptFor)
}
