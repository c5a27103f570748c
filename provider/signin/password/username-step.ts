import type { RealmNames } from '../../settings.ts'
import type { Attempt } from '../attempt.ts'
import { realmOf } from '../realm.ts'

/** Characters; as long as a mail address can be (RFC 5321: 64 + 1 + 255). */
export const longestUsername = 320

/** PURE. The attempt after a person has given a user name. */
export function usernameStep(typed: string, realms: readonly RealmNames[]): Attempt {
  const username = typed.trim()
  if (username === '') return { problem: { input: 'noUsername' } }
  if (!isUsername(username)) return { problem: { input: 'badUsername' } }
  const realm = realmOf(username, realms)
  if (realm === undefined) return { username, problem: { input: 'unknownSuffix' } }
  return { username, realm }
}

/**
 * PURE. Whether this can be a user name at all. Control characters have no business in one: they
 * would only serve to forge lines in a log or to confuse a directory.
 */
export function isUsername(text: string): boolean {
  return text.length > 0 && text.length <= longestUsername && !/\p{Cc}/u.test(text)
}
