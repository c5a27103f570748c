import type { RealmNames, RealmSettings } from '../settings.ts'

/** A realm as the sign-in pages know it. */
export type SigninRealm = RealmNames & Pick<RealmSettings, 'changePasswords' | 'passwordHelp'>

/**
 * PURE. The realm a user name belongs to: the one with its suffix, else the default one.
 * Upper and lower case do not matter, as with mail domains and Active Directory's UPN suffixes.
 * @param username trimmed
 * @returns the realm's name; `undefined` if no realm takes such names
 */
export function realmOf(username: string, realms: readonly RealmNames[]): string | undefined {
  const suffix = suffixOf(username)
  const own = realms.find((realm) => realm.suffixes.some((one) => one.toLowerCase() === suffix))
  return (own ?? realms.find((realm) => realm.default))?.name
}

// The last `@` counts: the part before it may have one of its own, quoted or not.
function suffixOf(username: string): string | undefined {
  const at = username.lastIndexOf('@')
  return at < 0 ? undefined : username.slice(at + 1).toLowerCase()
}
