import type { Store } from '../../shared/store.ts'

/** A store that can bring callers to the same point before either goes on: a race, made certain. */
export interface MeetingStore extends Store {
  /** The next `count` claims wait until all of them are there. */
  meetAtClaim(count: number): void
}

export function meetingStore(store: Store): MeetingStore {
  let missing = 0
  let all = Promise.withResolvers<void>()

  return {
    ...store,
    meetAtClaim: (count) => {
      missing = count
      all = Promise.withResolvers()
    },
    claim: async (key, value, ttl) => {
      if (missing > 0) {
        missing -= 1
        if (missing === 0) all.resolve()
        await all.promise
      }
      return store.claim(key, value, ttl)
    },
  }
}
