import type { Store } from '../../shared/store.ts'

/**
 * How often people who have no second factor have put off setting one up, where policies let them.
 * Whoever has lost all of theirs goes on counting: the grace is for beginning.
 */
export interface PutOffs {
  count(sub: string): Promise<number>
  /**
   * Once more; a sign-in counts once, however often its form is sent.
   * @param signIn its name
   * @param most of any number of sign-ins at once no more are taken
   * @returns false if it would have been more than that
   */
  putOff(sub: string, signIn: string, most: number): Promise<boolean>
}

// Milliseconds: 10 years.
const lifetime = 10 * 365 * 86_400_000

/** More than any policy allows. */
const mostKept = 200

/** @param parts.store sealed, so a list and no counter: what is sealed can be read again */
export function createPutOffs({ store }: { readonly store: Store }): PutOffs {
  const all = async (sub: string) => [...new Set(await store.range(key(sub)))]
  return {
    count: async (sub) => (await all(sub)).length,
    putOff: async (sub, signIn, most) => {
      const before = await all(sub)
      if (!before.includes(signIn) && before.length >= most) return false
      await store.append(key(sub), signIn, { max: mostKept, ttl: lifetime })
      return (await all(sub)).indexOf(signIn) < most
    },
  }
}

const key = (sub: string): string => `factor-put-offs:${sub}`
