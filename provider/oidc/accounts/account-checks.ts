import type { Clock } from '../../../shared/clock.ts'
import type { Outcome } from '../../../shared/outcome.ts'
import type { Store } from '../../../shared/store.ts'
import { isBreakGlass } from '../../break-glass/realm.ts'
import type { AccountCheckSettings, LifetimeSettings } from '../../settings.ts'
import {
  type Accounts,
  accountIdOfSub,
  type HeardAccount,
  type KnownAccount,
  realmOfSub,
} from './accounts.ts'
import { createSignIns, type SignIn, type SignInName } from './sign-ins.ts'
import { hasEnded, heardFrom, isDue, isOldPassword, isUnheard, type Over } from './standing.ts'

/**
 * What has become of the people who are signed in. When something that rests on a sign-in is about
 * to be renewed, the directory is asked about the account, without a password and at most every
 * few minutes for each.
 */
export interface AccountChecks {
  /** Remembers a sign-in, and what the directory said at it. */
  signedIn(sub: string, account: KnownAccount, signIn: NewSignIn): Promise<void>
  /** @param signIn that what is about to be used rests on */
  check(sub: string, signIn: SignInName, how: CheckOptions): Promise<Standing>
  /** Every sign-in of an account that is still remembered. */
  signIns(sub: string): Promise<readonly SignIn[]>
}

export type NewSignIn = Omit<SignIn, 'passwordChangedAt'>

export interface CheckOptions {
  readonly reference: string
  /** Whether to ask the directory, if it was not asked lately. */
  readonly mayAsk: boolean
}

export type Standing =
  | { readonly state: 'good'; readonly account: KnownAccount }
  /** So long ago that nothing is known any more. */
  | { readonly state: 'unknown' }
  /** The directory has been out of reach for too long. */
  | { readonly state: 'unheard' }
  | { readonly state: 'over'; readonly why: Over; readonly ends: Ends }

/** Whether a sign-in is over. */
export type Ends = (signIn: SignInName) => boolean

/** Asks about an account; as total as the broker. */
export type LookUp = (sought: {
  readonly realm: string
  readonly accountId: string
  readonly reference: string
}) => Promise<Outcome>

export interface AccountCheckParts {
  readonly accounts: Accounts
  readonly lookUp: LookUp
  /** Sealed. */
  readonly store: Store
  readonly settings: {
    readonly accountChecks: AccountCheckSettings
    readonly lifetimes: LifetimeSettings
  }
  readonly clock: Clock
}

export function createAccountChecks(parts: AccountCheckParts): AccountChecks {
  const { accounts, store, clock } = parts
  const { accountChecks, lifetimes } = parts.settings
  const signIns = createSignIns({ store, lifetimes })
  const ask = createAsk(parts)

  function standing(signIn: SignInName, heard: HeardAccount, past: readonly SignIn[]): Standing {
    const { account } = heard
    if (isOldPassword(signIn, account, past)) {
      const ends: Ends = (other) => isOldPassword(other, account, past)
      return { state: 'over', why: 'passwordChanged', ends }
    }
    const isTooLong = isUnheard(heard, accountChecks, clock.now())
    return isTooLong ? { state: 'unheard' } : { state: 'good', account }
  }

  return {
    signedIn: async (sub, account, signIn) => {
      const { passwordChangedAt } = account
      const password = passwordChangedAt !== undefined && { passwordChangedAt }
      const noted = signIns.note(sub, { ...signIn, ...password })
      await Promise.all([accounts.save(sub, account), noted])
    },
    check: async (sub, signIn, { reference, mayAsk }) => {
      const [known, ended, past] = await Promise.all([
        accounts.heard(sub),
        accounts.ended(sub),
        signIns.of(sub),
      ])
      if (known === undefined) return { state: 'unknown' }
      if (hasEnded(ended, signIn)) {
        return { state: 'over', why: 'ended', ends: (other) => hasEnded(ended, other) }
      }
      // A file of ours is asked each time, whatever the settings say of directories.
      const isDueNow = isBreakGlass(sub) || isDue(known, accountChecks.every, clock.now())
      const isAsked = mayAsk && isDueNow
      const heard = isAsked ? await ask(sub, known, reference) : known
      if ('over' in heard) return { state: 'over', why: heard.over, ends: () => true }
      return standing(signIn, heard, past)
    },
    signIns: (sub) => signIns.of(sub),
  }
}

type Ask = (
  sub: string,
  known: HeardAccount,
  reference: string,
) => Promise<HeardAccount | { readonly over: Over }>

/** Apps renew at the same moment, and one question is enough for all. */
function createAsk({ accounts, lookUp, clock }: AccountCheckParts): Ask {
  const underway = new Map<string, ReturnType<Ask>>()

  const ask: Ask = async (sub, known, reference) => {
    const [realm, accountId] = [realmOfSub(sub), accountIdOfSub(sub)]
    const heard = heardFrom(await lookUp({ realm, accountId, reference }), accountId)
    if ('over' in heard) {
      // All that rests on a sign-in from before, also what nobody has listed.
      await accounts.endSessions(sub)
      return heard
    }
    const now = clock.now()
    if (heard.news === 'unheard') {
      await accounts.unheard(sub, known)
      return { ...known, triedAt: now }
    }
    const account = heard.news === 'none' ? known.account : { ...known.account, ...heard.news }
    await accounts.save(sub, account)
    return { account, heardAt: now }
  }

  return (sub, known, reference) => {
    const running =
      underway.get(sub) ?? ask(sub, known, reference).finally(() => underway.delete(sub))
    underway.set(sub, running)
    return running
  }
}
