import type { Account } from '../../../shared/account.ts'
import type { Outcome } from '../../../shared/outcome.ts'
import type { AccountCheckSettings } from '../../settings.ts'
import type { Ended, HeardAccount } from './accounts.ts'
import type { SignIn, SignInName } from './sign-ins.ts'

/** PURE. What becomes of a sign-in, by what the directory says of the account since. */

/** What a lookup comes to. */
export type Heard =
  | { readonly news: Account }
  /** An answer, and nothing new: locked for a while, say, or a backend that cannot look up. */
  | { readonly news: 'none' }
  | { readonly over: Over }
  | { readonly news: 'unheard' }

/** Why nobody may go on with what they have. */
export type Over = (typeof ending)[number] | 'passwordChanged' | 'ended'

const ending = ['unknownUser', 'accountDisabled', 'accountExpired', 'notNow'] as const

/** @param accountId whom the question was about */
export function heardFrom(outcome: Outcome, accountId: string): Heard {
  if (outcome.name === 'ok') {
    // Of somebody else nothing follows.
    return { news: outcome.account.id === accountId ? outcome.account : 'unheard' }
  }
  const over = ending.find((name) => name === outcome.name)
  if (over !== undefined) return { over }
  const isAnswer = outcome.name !== 'unavailable' || outcome.reason === 'cannotLookUp'
  return { news: isAnswer ? 'none' : 'unheard' }
}

// Milliseconds between questions that had no answer.
const retry = 30_000

/** Whether the directory is to be asked again. */
export function isDue(heard: HeardAccount, every: number, now: number): boolean {
  if (every === 0 || now - heard.heardAt < every * 1000) return false
  return now - (heard.triedAt ?? 0) >= Math.min(every * 1000, retry)
}

/** Whether the directory has been out of reach for too long to go on. */
export function isUnheard(
  { heardAt, triedAt }: HeardAccount,
  { every, goOnFor }: AccountCheckSettings,
  now: number,
): boolean {
  if (every === 0) return false
  return triedAt !== undefined && triedAt > heardAt && now - heardAt > goOnFor * 1000
}

/** Whether a sign-in is one of those that were ended. */
export function hasEnded({ since, signIns, spared }: Ended, signIn: SignInName): boolean {
  if (signIns.some((one) => isSame(one, signIn))) return true
  const goesOn = spared?.session === signIn.session && spared !== undefined
  return signIn.at < (goesOn ? spared.at : since)
}

/**
 * Whether the password that a sign-in began with is not the one of now. Where that is not known,
 * one that was changed after it cannot be.
 */
export function isOldPassword(
  signIn: SignInName,
  { passwordChangedAt }: Account,
  signIns: readonly SignIn[],
): boolean {
  if (passwordChangedAt === undefined) return false
  const known = signIns.findLast((one) => isSame(one, signIn))?.passwordChangedAt
  // Some directories count in seconds, as `at` does: of the same second it may be a later one.
  return known === undefined ? passwordChangedAt >= signIn.at * 1000 : passwordChangedAt > known
}

function isSame(one: SignIn, { at, session }: SignInName): boolean {
  return one.at === at && one.session === session
}
