import { z } from 'zod'
import type { Store } from '../../shared/store.ts'
import { type Problem, problemSchema } from './problem.ts'

/**
 * One person's sign-in across its pages. Pages hold nothing but what is shown on them; each form
 * changes this record, and each page is drawn from it. The password is never part of it.
 */
export interface Attempt {
  /** As typed, trimmed; kept to fill the field again, also when it was not accepted. */
  readonly username?: string
  /** Where the user name belongs; set once it was accepted. */
  readonly realm?: string
  /** What went wrong with the last form. */
  readonly problem?: Problem
}

export interface Attempts {
  /** An empty attempt if there is none yet. */
  load(uid: string): Promise<Attempt>
  save(uid: string, attempt: Attempt): Promise<void>
  remove(uid: string): Promise<void>
}

const schema: z.ZodType<Attempt> = z.strictObject({
  username: z.string().exactOptional(),
  realm: z.string().exactOptional(),
  problem: problemSchema.exactOptional(),
})

/**
 * @param store sealed, since user names are personal data
 * @param lifetime seconds, as long as the interaction itself
 */
export function createAttempts(store: Store, lifetime: number): Attempts {
  return {
    load: async (uid) => {
      const text = await store.get(key(uid))
      return text === undefined ? {} : decode(text)
    },
    save: (uid, attempt) => store.set(key(uid), JSON.stringify(attempt), lifetime * 1000),
    remove: async (uid) => {
      await store.delete(key(uid))
    },
  }
}

const key = (uid: string): string => `attempt:${uid}`

// The store is sealed, so nobody but us wrote it; but it may have been another version of us, and
// then the person simply begins again.
function decode(text: string): Attempt {
  const result = schema.safeParse(JSON.parse(text))
  return result.success ? result.data : {}
}
