import type { Store } from '../../shared/store.ts'

/** Suggestions to set up a passkey, which must not become a nuisance. */
export interface Nudges {
  /** Of any number of sign-ins within 30 days, the first gets `true`. */
  isDue(sub: string): Promise<boolean>
  /** They do not want to hear of it. */
  never(sub: string): Promise<void>
}

const day = 86_400_000
const pause = 30 * day
const forGood = 10 * 365 * day

export function createNudges(store: Store): Nudges {
  return {
    isDue: (sub) => store.claim(key(sub), '', pause),
    never: (sub) => store.set(key(sub), '', forGood),
  }
}

const key = (sub: string): string => `passkey-nudge:${sub}`
