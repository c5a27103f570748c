/**
 * Writes that nobody waits for: what comes within a second is written together, so that it costs a
 * sign-in nothing. A process that is killed loses that second.
 */
export interface Gathering<T> {
  add(item: T): void
  /** Writes what there is; resolves also if that fails. */
  flush(): Promise<void>
  /** Writes what is left, once. */
  stop(): Promise<void>
}

/** Milliseconds. */
const within = 1_000

/** Of these the oldest go first. Only without a store will there be as many. */
const mostWaiting = 10_000

/**
 * @param write never rejects; gives back what could not be written, to be tried again in a second
 */
export function createGathering<T>(
  write: (items: readonly T[]) => Promise<readonly T[]>,
): Gathering<T> {
  let waiting: T[] = []
  let timer: NodeJS.Timeout | undefined
  let underway: Promise<void> = Promise.resolve()

  function keep(items: readonly T[]): void {
    if (items.length === 0) return
    for (const item of items) waiting.push(item)
    if (waiting.length > mostWaiting) waiting = waiting.slice(-mostWaiting)
    timer ??= setTimeout(() => void flush(), within).unref()
  }

  async function writeAll(): Promise<void> {
    const taken = waiting
    waiting = []
    if (taken.length > 0) keep(await write(taken))
  }

  // One after the other, so that what came first is written first.
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    underway = underway.then(writeAll)
    return underway
  }

  return {
    add: (item) => keep([item]),
    flush,
    stop: async () => {
      await flush()
      clearTimeout(timer)
    },
  }
}
