import type { Account } from '../../shared/account.ts'
import type { Store } from '../../shared/store.ts'
import type { LifetimeSettings } from '../settings.ts'
import { accountLifetime } from './lifetimes.ts'

/** People who have signed in, under their `sub`, for as long as tokens about them may live. */
export interface Accounts {
  /** Remembers what the directory said. */
  save(sub: string, account: Account): Promise<void>
  find(sub: string): Promise<Account | undefined>
}

/**
 * PURE. The realm's name and the directory's immutable id. The realm is part of it, so that an
 * agent of one realm can never speak for a person of another.
 */
export function subOf(realm: string, account: Account): string {
  return `${realm}:${account.id}`
}

/** @param parts.store sealed: this is personal data */
export function createAccounts(parts: {
  readonly store: Store
  readonly lifetimes: LifetimeSettings
}): Accounts {
  const { store } = parts
  const lifetime = accountLifetime(parts.lifetimes) * 1000

  return {
    save: (sub, account) => store.set(key(sub), JSON.stringify(account), lifetime),
    find: async (sub) => {
      const found = await store.get(key(sub))
      return found === undefined ? undefined : (JSON.parse(found) as Account)
    },
  }
}

const key = (sub: string): string => `account:${sub}`
