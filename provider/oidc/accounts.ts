import type { Account } from '../../shared/account.ts'

/** People who have signed in, under their `sub`, for as long as tokens about them may live. */
export interface Accounts {
  /**
   * Remembers what the directory said.
   * @returns `sub`: the realm's name and the directory's immutable id. The realm is part of it, so
   *   that an agent of one realm can never speak for a person of another.
   */
  save(realm: string, account: Account): Promise<string>
  find(sub: string): Promise<Account | undefined>
}
