/**
 * PORT. All state that processes share: small text values under text keys, each with an end.
 * Every operation touches one key and is atomic, so that any number of processes may use it and
 * a Redis Cluster needs no hash tags. Not found is `undefined`, never an error.
 *
 * Every method throws `Fault('storeDown')` when the store cannot be reached. Times are in
 * milliseconds. Implementations: `store-memory.ts`, `store-redis.ts`, and `sealed-store.ts` around
 * either of them.
 */
export interface Store {
  get(key: string): Promise<string | undefined>

  /** Writes a value, replacing any other. Without `ttl` it stays until it is deleted. */
  set(key: string, value: string, ttl?: number): Promise<void>

  /** True if the key was there. */
  delete(key: string): Promise<boolean>

  /** Reads and deletes in one step: of any number of callers, one gets the value. */
  take(key: string): Promise<string | undefined>

  /** Writes only if the key is free: of any number of callers, one gets `true`. */
  claim(key: string, value: string, ttl: number): Promise<boolean>

  /** Adds one to a counter that ends `window` after its first count; gives the new count. */
  count(key: string, window: number): Promise<number>

  /**
   * Adds a value at the end of a list, keeps its newest `max`, and moves the list's end to `ttl`
   * from now.
   */
  append(key: string, value: string, options: { max: number; ttl: number }): Promise<void>

  /** The list, oldest first; empty if there is none. */
  range(key: string): Promise<readonly string[]>
}
