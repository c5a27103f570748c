import type { RealmNames, RealmSettings } from '../settings.ts'

/** A realm as the sign-in pages know it. */
export type SigninRealm = RealmNames &
  Pick<RealmSettings, 'changePasswords' | 'passwordHelp' | 'passwordRefusedHelp'>

/**
 * PURE. The realm a user name belongs to: the one with its suffix, or with the domain before its
 * backslash, else the default one. Upper and lower case do not matter, as with mail domains and
 * Active Directory's UPN suffixes and NetBIOS names.
 * @param username trimmed
 * @returns the realm's name; `undefined` if no realm takes such names
 */
export function realmOf(username: string, realms: readonly RealmNames[]): string | undefined {
  const suffix = suffixOf(username)
  const domain = suffix === undefined ? domainOf(username) : undefined
  const own = realms.find(
    ({ suffixes, netbiosNames = [] }) => has(suffixes, suffix) || has(netbiosNames, domain),
  )
  return (own ?? realms.find((realm) => realm.default))?.name
}

const has = (names: readonly string[], sought: string | undefined) =>
  names.some((one) => one.toLowerCase() === sought)

// Of a name without an `@` alone: one that says both belongs to one realm, whoever asks first.
function domainOf(username: string): string | undefined {
  return /^([^\\]+)\\[^\\]+$/.exec(username)?.[1]?.toLowerCase()
}

// The last `@` counts: the part before it may have one of its own, quoted or not.
function suffixOf(username: string): string | undefined {
  const at = username.lastIndexOf('@')
  return at < 0 ? undefined : username.slice(at + 1).toLowerCase()
}
