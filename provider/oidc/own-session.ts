import type { Context } from 'koa'
import type { KnownAccount } from './accounts.ts'

/** The door to the browser's session for pages that belong to no sign-in. */
export interface OwnSessions {
  /** Who is signed in here; `undefined` if nobody is, or if it was ended. */
  find(ctx: Context): Promise<OwnSession | undefined>
  /** The person of this session has proved who they are once more: it goes on as if begun now. */
  renew(ctx: Context, amr: readonly string[]): Promise<void>
  /**
   * The person has changed their password: whatever else is signed in as them ends, and its apps are
   * told. Whoever knows the old password may have begun it. Only the session of this browser stays.
   */
  endOthers(ctx: Context, accountId: string): Promise<void>
  /** Where the browser has to go so that the person signs in and comes back to `/account/password`. */
  signInUrl(username?: string): string
}

export interface OwnSession {
  /** Their `sub`. */
  readonly accountId: string
  readonly account: KnownAccount
  /** Seconds since the last proof: what apps are told as `auth_time`. */
  readonly age: number
}
