import { type Clock, randomId } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import type { FactorMethod, FactorPerson } from './factor.ts'

/** Challenges between the page that shows one and the form that answers it. */
export interface Challenges {
  /** @returns its id, unguessable */
  keep(challenge: KeptChallenge): Promise<string>
  find(id: string): Promise<KeptChallenge | undefined>
  /** Of any number of callers one gets `true`. */
  useUp(id: string): Promise<boolean>
}

export interface KeptChallenge {
  readonly purpose: 'enrol' | 'verify'
  readonly method: FactorMethod
  /** Left out if it was begun for nobody in particular. */
  readonly person?: FactorPerson
  readonly expected: string
}

// Milliseconds.
const lifetime = 5 * 60_000

/** @param parts.store sealed */
export function createChallenges({ store, clock }: { store: Store; clock: Clock }): Challenges {
  return {
    keep: async (challenge) => {
      const id = randomId(clock)
      await store.set(key(id), JSON.stringify(challenge), lifetime)
      return id
    },
    find: async (id) => {
      const found = await store.get(key(id))
      return found === undefined ? undefined : (JSON.parse(found) as KeptChallenge)
    },
    useUp: async (id) => (await store.take(key(id))) !== undefined,
  }
}

const key = (id: string): string => `factor-challenge:${id}`
