import type { Clock } from './clock.ts'
import { createSealing } from './sealing.ts'
import type { Store } from './store.ts'

/**
 * A store around a store that is not trusted. Whoever reads the inner one sees what kinds of
 * things there are, how many and how long they live; not whose they are nor what they say. Whoever
 * writes to it can delete values and bring back old ones of the same key until they end, and can
 * set counters; a value made up, altered, moved to another key or kept beyond its end is not
 * given out.
 *
 * `sealing.ts` says how keys and values are hidden; so is every value of a list. Counters stay
 * numbers, since the store has to count.
 *
 * @param dataKey 32 secret bytes, the same in every process that shares the store
 * @throws Fault `settings` if the data key is too short; the store's methods also throw
 *   `sealBroken` for what does not open
 */
export function sealedStore(store: Store, dataKey: Buffer, clock: Clock): Store {
  const { name, seal, open } = createSealing(dataKey, clock)
  const never = Number.POSITIVE_INFINITY

  function openIfAny(key: string, sealed: string | undefined): string | undefined {
    if (sealed === undefined) return undefined
    const { value, ends } = open(key, sealed)
    return ends > clock.now() ? value : undefined
  }

  return {
    get: async (key) => {
      const blind = name(key)
      return openIfAny(blind, await store.get(blind))
    },
    set: (key, value, ttl) => {
      const blind = name(key)
      return store.set(blind, seal(key, value, clock.now() + (ttl ?? never)), ttl)
    },
    delete: (key) => store.delete(name(key)),
    take: async (key) => {
      const blind = name(key)
      return openIfAny(blind, await store.take(blind))
    },
    claim: (key, value, ttl) => {
      const blind = name(key)
      return store.claim(blind, seal(key, value, clock.now() + ttl), ttl)
    },
    count: (key, window) => store.count(name(key), window),
    append: (key, value, options) => {
      const blind = name(key)
      // The list's end moves with every value, and no value knows how far.
      return store.append(blind, seal(key, value, never), options)
    },
    range: async (key) => {
      const blind = name(key)
      return (await store.range(blind)).map((sealed) => open(blind, sealed).value)
    },
  }
}
