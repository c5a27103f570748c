import type { OpenldapServer } from './start-openldap.ts'

/**
 * How often the directory was asked to bind each person, by uid: the password was tried so often.
 * The directory has to keep a log.
 */
export function personBinds(directory: OpenldapServer): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { kind, text } of directory.operations()) {
    // Once more with `mech=` when it has succeeded.
    const uid = kind === 'BIND' && /dn="uid=([^,]+),.* method=/.exec(text)?.[1]
    if (uid) counts.set(uid, (counts.get(uid) ?? 0) + 1)
  }
  return counts
}
