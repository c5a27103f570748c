import type {
  Bus,
  BusEntry,
  ConsumeOptions,
  EntryHandler,
  FollowOptions,
  Subscription,
} from './bus.ts'

/**
 * The bus inside one process, for local mode and tests. Both sides seal and sign as they do over
 * Redis, and cannot tell the difference.
 *
 * @param options.maxLength entries that a stream keeps, the newest ones; 1,000 unless given
 */
export function createMemoryBus(options: { maxLength?: number } = {}): Bus {
  const { maxLength = 1_000 } = options
  const streams = new Map<string, Stream>()

  function stream(name: string): Stream {
    const found = streams.get(name) ?? { entries: [], consumers: new Set(), followers: new Set() }
    streams.set(name, found)
    return found
  }

  return {
    add: async (name, entry) => {
      const { entries, consumers, followers } = stream(name)
      const added = { ...entry }
      entries.push(added)
      if (entries.length > maxLength) entries.shift()
      for (const show of followers) show(added)
      for (const take of consumers) take()
    },
    consume: (name, how, handle) => consume(stream(name), how, handle),
    follow: (name, how, handle) => follow(stream(name), how, handle),
  }
}

interface Stream {
  /** Those that no consumer has taken, oldest first. */
  readonly entries: BusEntry[]
  readonly consumers: Set<() => void>
  readonly followers: Set<(entry: BusEntry) => void>
}

function consume(stream: Stream, options: ConsumeOptions, handle: EntryHandler): Subscription {
  const { entries, consumers } = stream
  const inHand = new Set<Promise<void>>()

  const take = () => {
    while (inHand.size < options.concurrency) {
      const entry = entries.shift()
      if (entry === undefined) return
      const handled = settle(entry, options, handle).finally(() => {
        inHand.delete(handled)
        if (consumers.has(take)) take()
      })
      inHand.add(handled)
    }
  }
  consumers.add(take)
  take()

  return {
    stop: async () => {
      consumers.delete(take)
      await Promise.all(inHand)
    },
  }
}

function follow(stream: Stream, options: FollowOptions, handle: EntryHandler): Subscription {
  const { entries, followers } = stream
  const unseen = entries.slice(Math.max(0, entries.length - options.backlog))
  let under: Promise<void> | undefined

  const showAll = async () => {
    for (let entry = unseen.shift(); entry !== undefined; entry = unseen.shift()) {
      await settle(entry, options, handle)
    }
    under = undefined
  }
  const show = (entry: BusEntry) => {
    unseen.push(entry)
    under ??= showAll()
  }
  followers.add(show)
  if (unseen.length > 0) under = showAll()

  return {
    stop: async () => {
      followers.delete(show)
      unseen.length = 0
      await under
    },
  }
}

async function settle(
  entry: BusEntry,
  { onError }: { readonly onError: (error: unknown) => void },
  handle: EntryHandler,
): Promise<void> {
  // Never within `add` or `consume` themselves: over Redis nothing is handled that early either.
  await Promise.resolve()
  try {
    await handle(entry)
  } catch (error) {
    onError(error)
  }
}
