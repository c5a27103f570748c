import type { Account } from '../../../shared/account.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Store } from '../../../shared/store.ts'
import type { LifetimeSettings } from '../../settings.ts'
import { accountLifetime } from '../lifetimes.ts'
import type { SignIn } from './sign-ins.ts'

/** People who have signed in, under their `sub`, for as long as tokens about them may live. */
export interface Accounts {
  /** Remembers what the directory said just now. */
  save(sub: string, account: KnownAccount): Promise<void>
  find(sub: string): Promise<KnownAccount | undefined>
  /** Whoever signed in last by this user name, as it was typed but for case. */
  subOfName(username: string): Promise<string | undefined>
  /** The same, and when the directory said it. */
  heard(sub: string): Promise<HeardAccount | undefined>
  /** Remembers that it was asked once more and told nothing. */
  unheard(sub: string, heard: HeardAccount): Promise<void>
  /**
   * From now on whatever rests on an earlier sign-in of this person counts no more.
   * @param over sign-ins that are over by name, whenever they began
   * @param spared the session that goes on, by the name that stays
   */
  endSessions(sub: string, over?: readonly SignIn[], spared?: string): Promise<void>
  /** Which sign-ins have been ended. */
  ended(sub: string): Promise<Ended>
}

export interface Ended {
  /** Seconds since the epoch: all that began before. 0 if nothing has been ended. */
  readonly since: number
  /** Those that began in that second, or by a clock that is ahead. */
  readonly signIns: readonly SignIn[]
  /** What goes on all the same: all of this session that has begun since then. */
  readonly spared?: SignIn
}

export interface KnownAccount extends Account {
  /** The user name that the person typed: by it their directory knows them. */
  readonly signedInAs?: string
}

/** Times are milliseconds since the epoch. */
export interface HeardAccount {
  readonly account: KnownAccount
  /** The last good answer. */
  readonly heardAt: number
  /** The last question, if it had no answer. */
  readonly triedAt?: number
}

/**
 * PURE. The realm's name and the directory's immutable id. The realm is part of it, so that an
 * agent of one realm can never speak for a person of another.
 */
export function subOf(realm: string, account: Account): string {
  return `${realm}:${account.id}`
}

/** PURE. The other way round; neither a realm's name nor anything before it has a colon. */
export function realmOfSub(sub: string): string {
  return sub.slice(0, sub.indexOf(':'))
}

/** PURE. The directory's own id in it. */
export function accountIdOfSub(sub: string): string {
  return sub.slice(sub.indexOf(':') + 1)
}

/** @param parts.store sealed: this is personal data */
export function createAccounts(parts: {
  readonly store: Store
  readonly lifetimes: LifetimeSettings
  readonly clock: Clock
}): Accounts {
  const { store, clock } = parts
  const lifetime = accountLifetime(parts.lifetimes) * 1000

  const write = (sub: string, heard: HeardAccount): Promise<void> =>
    store.set(key(sub), JSON.stringify(heard), lifetime)
  const heard = async (sub: string): Promise<HeardAccount | undefined> => {
    const found = await store.get(key(sub))
    return found === undefined ? undefined : (JSON.parse(found) as HeardAccount)
  }

  const ended = async (sub: string): Promise<Ended> =>
    readEnded((await store.get(sinceKey(sub))) ?? '0')

  return {
    save: async (sub, account) => {
      const { signedInAs } = account
      await Promise.all([
        write(sub, { account, heardAt: clock.now() }),
        signedInAs === undefined ? undefined : store.set(nameKey(signedInAs), sub, nameLifetime),
      ])
    },
    subOfName: (username) => store.get(nameKey(username)),
    find: async (sub) => (await heard(sub))?.account,
    heard,
    unheard: (sub, before) => write(sub, { ...before, triedAt: clock.now() }),
    // By our own clock, as the times of sign-ins are.
    endSessions: async (sub, over = [], spared) => {
      const since = Math.floor(clock.now() / 1000)
      const signIns = over.filter(({ at }) => at >= since)
      const kept = spared === undefined ? {} : sparedBy(await ended(sub), spared)
      const text = endedText({ since, signIns, ...kept })
      await store.set(sinceKey(sub), text, Math.max(lifetime, browserLifetime))
    },
    ended,
  }
}

/** What had ended before stays so. */
function sparedBy({ since, spared }: Ended, session: string): Pick<Ended, 'spared'> {
  return { spared: { at: spared?.session === session ? spared.at : since, session } }
}

// A session's name has neither spaces nor colons, and no time begins with a plus.
function endedText({ since, signIns, spared }: Ended): string {
  const names = new Set(signIns.map(({ at, session }) => `${at}:${session}`))
  return [since, ...names, ...(spared ? [`+${spared.at}:${spared.session}`] : [])].join(' ')
}

function readEnded(text: string): Ended {
  const [since, ...names] = text.split(' ')
  const spared = names.find((name) => name.startsWith('+'))
  return {
    since: Number(since),
    signIns: names.filter((name) => name !== spared).map(readSignIn),
    ...(spared !== undefined && { spared: readSignIn(spared) }),
  }
}

function readSignIn(name: string): SignIn {
  const [at, session = ''] = name.split(':')
  return { at: Number(at), session }
}

// Milliseconds: an admin may be asked about somebody who has been away for a year.
const nameLifetime = 400 * 86_400_000

// Milliseconds: as long as a browser can be remembered, which then is not.
const browserLifetime = 366 * 86_400_000

const key = (sub: string): string => `account:${sub}`
const nameKey = (username: string): string => `account-name:${username.trim().toLowerCase()}`
const sinceKey = (sub: string): string => `account-since:${sub}`
