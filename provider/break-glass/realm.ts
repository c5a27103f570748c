/**
 * The realm of accounts for emergencies, and the suffix of their user names. No other realm may have
 * either, so whoever is in it has come in by this folder.
 */
export const breakGlassRealm = 'break-glass'

/** PURE. Whether a `sub` is that of an account for emergencies. */
export function isBreakGlass(sub: string): boolean {
  return sub.startsWith(`${breakGlassRealm}:`)
}

/** PURE. What somebody types to sign in with an account. */
export function breakGlassUserName(name: string): string {
  return `${name}@${breakGlassRealm}`
}
