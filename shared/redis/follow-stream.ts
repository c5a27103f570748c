import type { EntryHandler, FollowOptions, Subscription } from '../bus.ts'
import type { RedisClient } from './client.ts'
import type { Connection } from './connector.ts'
import { block, keepReading } from './keep-reading.ts'
import { entriesOfRange, entriesOfRead, isOlder, type StreamEntry } from './stream-entries.ts'

/** Shows what is added to a stream, and keeps its place in it across restarts of Redis. */
export function followStream(
  client: RedisClient,
  key: string,
  options: FollowOptions,
  handle: EntryHandler,
): Subscription {
  const { backlog, onError } = options
  // Everything up to this entry has been shown, or is older than the backlog.
  let last: string | undefined
  let sure = false

  async function step(reader: Connection, signal: AbortSignal): Promise<void> {
    const unsure = !sure
    sure = false
    if (unsure) await show(await catchUp(reader), signal)
    const wait = ['COUNT', 100, 'BLOCK', block, 'STREAMS'] as const
    const entries = entriesOfRead(await reader.xread(...wait, key, last ?? '0-0'))
    last = entries.at(-1)?.id ?? last
    await show(entries, signal)
    // Where nothing is said for so long, something may have happened to the stream.
    sure = entries.length > 0
  }

  async function catchUp(reader: Connection): Promise<StreamEntry[]> {
    const count = last === undefined ? Math.max(backlog, 1) : 1
    const newest = entriesOfRange(await reader.xrevrange(key, '+', '-', 'COUNT', count))
    const top = newest[0]?.id ?? '0-0'
    if (last === undefined) {
      last = top
      return newest.slice(0, backlog).toReversed()
    }
    // A Redis that lost its streams, and whose clock is behind, numbers anew from below our place.
    if (isOlder(top, last)) last = '0-0'
    return []
  }

  async function show(entries: readonly StreamEntry[], signal: AbortSignal): Promise<void> {
    for (const { entry } of entries) {
      if (signal.aborted || entry === undefined) return
      try {
        await handle(entry)
      } catch (error) {
        onError(error)
      }
    }
  }

  return keepReading(client, key, step)
}
