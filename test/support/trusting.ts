import type { Mistrust } from '../../provider/broker/mistrust.ts'
import type { Store } from '../../shared/store.ts'

/** How a broker takes every agent at its word, with neither canaries nor second opinions. */
export function trusting(turns: Store): Mistrust {
  return {
    realms: [],
    perHour: 0,
    rootSecret: Buffer.alloc(32),
    turns,
    onLie: async () => {},
    onDisagreement: () => {},
  }
}
