import type { BusEntry, ConsumeOptions, EntryHandler, Subscription } from '../bus.ts'
import { Fault } from '../fault.ts'
import type { RedisClient } from './client.ts'
import { createGroupReader } from './group-reader.ts'
import { keepReading } from './keep-reading.ts'
import { createRemover } from './remover.ts'
import type { StreamEntry } from './stream-entries.ts'

/** Takes entries off a stream, no more than there are hands free, and deletes what was handled. */
export function consumeStream(
  client: RedisClient,
  key: string,
  options: ConsumeOptions,
  handle: EntryHandler,
): Subscription {
  const { concurrency, onError } = options
  const inHand = new Map<string, Promise<void>>()
  const remover = createRemover(client, key)
  const read = createGroupReader(client, key)
  let goOn: (() => void) | undefined

  async function settle(id: string, entry: BusEntry): Promise<void> {
    // Not before the caller has noted it as in hand.
    await Promise.resolve()
    try {
      await handle(entry)
    } catch (error) {
      onError(error)
    } finally {
      inHand.delete(id)
      remover.remove(id)
      goOn?.()
    }
  }

  function begin({ id, entry }: StreamEntry): void {
    if (inHand.has(id)) return
    if (entry !== undefined && !remover.has(id)) {
      inHand.set(id, settle(id, entry))
      return
    }
    if (entry === undefined) onError(new Fault('badMessage', `${key}: ${id} is without fields`))
    remover.remove(id)
  }

  const reading = keepReading(client, key, async (reader, signal) => {
    while (inHand.size >= concurrency && !signal.aborted) {
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
    }
    if (signal.aborted) return
    const entries = await read(reader, concurrency - inHand.size)
    // What comes in while we stop stays ours in the group, and is the first thing read next time.
    if (!signal.aborted) for (const entry of entries) begin(entry)
  })
  return {
    stop: async () => {
      const stopped = reading.stop()
      goOn?.()
      await stopped
      await Promise.all(inHand.values())
      await remover.finish()
    },
  }
}
