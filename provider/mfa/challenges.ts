import { type Clock, randomId } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import type { KeptChallenge } from './kept-challenge.ts'
import { createOpenChallenges, isOpenChallenge } from './open-challenges.ts'

/** Challenges between the page that shows one and the form that answers it. */
export interface Challenges {
  /** @returns its id, unguessable */
  keep(challenge: KeptChallenge): Promise<string>
  find(id: string): Promise<KeptChallenge | undefined>
  /** Of any number of callers one gets `true`. */
  useUp(id: string): Promise<boolean>
}

// Milliseconds.
const lifetime = 5 * 60_000

/**
 * @param parts.store sealed
 * @param parts.secrets each 32 bytes, of all provider processes; the first signs, any will do
 */
export function createChallenges(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly secrets: () => readonly [Buffer, ...Buffer[]]
}): Challenges {
  const { store, clock } = parts
  const open = createOpenChallenges({ ...parts, lifetime })
  return {
    keep: async (challenge) => {
      if (challenge.person === undefined) return open.make(challenge)
      const id = randomId(clock)
      await store.set(key(id), JSON.stringify(challenge), lifetime)
      return id
    },
    find: async (id) => {
      if (isOpenChallenge(id)) return open.find(id)
      const found = await store.get(key(id))
      return found === undefined ? undefined : (JSON.parse(found) as KeptChallenge)
    },
    useUp: async (id) =>
      isOpenChallenge(id) ? open.useUp(id) : (await store.take(key(id))) !== undefined,
  }
}

const key = (id: string): string => `factor-challenge:${id}`
