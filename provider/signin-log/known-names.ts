import type { Clock } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'

/**
 * Whose account a user name is, by the sign-ins that succeeded with it: so that people can be told of
 * attempts with their name that failed. A name that nobody has signed in with is not kept: it may be
 * a password, typed one field too early. Of the others the store has an HMAC.
 */
export interface KnownNames {
  note(typed: TypedName, sub: string): void
  /** @throws Fault `storeDown` */
  find(typed: TypedName): Promise<string | undefined>
  /** Stores what is new. One that cannot be stored comes back with its next sign-in. */
  save(): Promise<void>
}

export interface TypedName {
  readonly realm: string
  readonly username: string
}

const day = 86_400_000

/** Names a process remembers to have stored; beyond, it begins anew. */
const most = 10_000

/** @param parts.store sealed */
export function createKnownNames(parts: {
  readonly store: Store
  readonly clock: Clock
  /** Milliseconds that a name is kept after it was last used, or up to a day more. */
  readonly ttl: number
}): KnownNames {
  const { store, clock, ttl } = parts
  const stored = new Map<string, { readonly sub: string; readonly at: number }>()
  let fresh = new Map<string, string>()
  return {
    note: (typed, sub) => {
      const known = stored.get(key(typed))
      if (known?.sub !== sub || known.at <= clock.now() - day) fresh.set(key(typed), sub)
    },
    find: (typed) => store.get(key(typed)),
    save: async () => {
      const all = [...fresh]
      fresh = new Map()
      const results = await Promise.allSettled(
        all.map(([name, sub]) => store.set(name, sub, ttl + day)),
      )
      if (stored.size + all.length > most) stored.clear()
      for (const [at, [name, sub]] of all.entries()) {
        if (results[at]?.status === 'fulfilled') stored.set(name, { sub, at: clock.now() })
      }
    },
  }
}

// Directories know no difference between large and small letters in names.
const key = ({ realm, username }: TypedName): string =>
  `sign-in-name:${realm}:${username.trim().normalize('NFC').toLowerCase()}`
