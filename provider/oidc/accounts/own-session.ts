import type { Context } from 'koa'
import type { Control } from '../../access/decision.ts'
import type { AccountPath } from '../account-client.ts'
import type { NewProof } from '../interaction.ts'
import type { KnownAccount } from './accounts.ts'

/** The door to the browser's session for pages that belong to no sign-in. */
export interface OwnSessions {
  /** Who is signed in here; `undefined` if nobody is, or if it was ended. */
  find(ctx: Context): Promise<OwnSession | undefined>
  /** The person of this session has proved who they are once more: it goes on as if begun now. */
  renew(ctx: Context, amr: readonly string[]): Promise<void>
  /** They have shown a second factor on a page of their own. */
  shown(ctx: Context, accountId: string, proofs: readonly NewProof[]): Promise<void>
  /**
   * The person has changed their password: whatever else is signed in as them ends, and its apps are
   * told. Whoever knows the old password may have begun it. Only the session of this browser stays.
   */
  endOthers(ctx: Context, accountId: string): Promise<void>
  /** What is signed in as them, the newest first. */
  list(ctx: Context, accountId: string): Promise<readonly ListedSession[]>
  /**
   * Ends one session of this person, all but this browser's, or all, with what apps were given; the
   * apps that asked for it are told.
   */
  end(ctx: Context, accountId: string, which: WhichSessions): Promise<void>
  /** Where the browser has to go so that the person signs in and comes back to `/account/password`. */
  signInUrl(username?: string): string
  /** And so that they come back to another page, having shown no more than what is missing. */
  signInFor(path: AccountPath, asked?: AskedSignIn): string
  /** Whether policies let this person register a second factor here and now. */
  mayRegister(ctx: Context, session: OwnSession): Promise<boolean>
  /** What policies could ask of this person, somewhere and at some time. */
  couldBeAsked(session: OwnSession): readonly Control[]
  /** What people call these apps; one that is gone has none. @param clientIds as in records */
  appNames(clientIds: readonly string[]): Promise<ReadonlyMap<string, string>>
}

export interface OwnSession {
  /** Their `sub`. */
  readonly accountId: string
  readonly account: KnownAccount
  /** Seconds since the last proof: what apps are told as `auth_time`. */
  readonly age: number
  /** Seconds since a second factor was shown; left out if none was. */
  readonly factorAge?: number
}

export interface ListedSession {
  readonly id: string
  /** It is the one of this browser. */
  readonly isThis: boolean
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly address?: string
  /** `User-Agent`. */
  readonly browser?: string
  /** What it was used for, by name. */
  readonly apps: readonly string[]
}

export type WhichSessions = 'all' | 'others' | { readonly id: string }

/** How recent and how strong a sign-in has to be. */
export interface AskedSignIn {
  /** Seconds: all that is asked for was shown within them. */
  readonly within: number
  /** A name of a strength. */
  readonly strength?: string
}
