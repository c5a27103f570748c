/**
 * PORT. Named streams of small entries between the provider and its agents. The carrier is not
 * trusted: it may lose, delay, repeat, reorder or invent entries, so everything that matters is
 * sealed and signed inside them. Two implementations: `bus-memory.ts`, `bus-redis.ts`.
 *
 * Every method throws `Fault('busDown')` when the carrier cannot be reached; subscriptions do not
 * throw but go on by themselves when it is back.
 */
export interface Bus {
  /** Appends one entry; resolves once the carrier holds it. Old entries are trimmed away. */
  add(stream: string, entry: BusEntry): Promise<void>

  /**
   * Takes entries off a stream as its one consumer: each entry, also those that were there before,
   * reaches `handle` once and is deleted when `handle` has settled. They are begun in the order of
   * the stream, at most `concurrency` are in hand at a time, and the others wait on the stream. A
   * `handle` that rejects is reported to `onError` and its entry deleted all the same: an entry
   * that always fails must not block the stream. What was in hand when a process died reaches its
   * next run.
   */
  consume(stream: string, options: ConsumeOptions, handle: EntryHandler): Subscription

  /**
   * Shows every entry to every follower and deletes none. Starts with the newest `backlog` entries
   * that are still there, so that a newcomer knows at once what was said last. One `handle` at a
   * time, in the order of the stream; one that rejects is reported to `onError`, and the next
   * entry follows.
   */
  follow(stream: string, options: FollowOptions, handle: EntryHandler): Subscription
}

/** Flat text fields, as a Redis stream entry has them. */
export type BusEntry = Readonly<Record<string, string>>

export type EntryHandler = (entry: BusEntry) => Promise<void> | void

export interface ConsumeOptions {
  readonly concurrency: number
  readonly onError: (error: unknown) => void
}

export interface FollowOptions {
  readonly backlog: number
  readonly onError: (error: unknown) => void
}

export interface Subscription {
  /** Takes nothing more; resolves when every `handle` under way has settled. */
  stop(): Promise<void>
}
