import type { Clock } from '../../shared/clock.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'

/** A group as Active Directory knows it. */
export interface Group {
  readonly sid: string
  /** Its sAMAccountName, which no other group of the domain has. */
  readonly name: string
}

/** The groups that have these SIDs; one of another domain, whose name is not known here, has its SID for a name. */
export type GroupNames = (
  connection: LdapConnection,
  sids: readonly string[],
) => Promise<Ran<readonly Group[]>>

/** @param condition of a filter, beside that of being a group */
export type SearchGroups = (
  connection: LdapConnection,
  condition: string,
) => Promise<Ran<readonly Group[]>>

// Milliseconds. A renamed group keeps its SID, and an old name for ten minutes is no more than the
// domain's own replication may take.
const rememberedFor = 10 * 60_000
const rememberedAtMost = 20_000

// Of each a filter has some sixty letters, and servers take filters of many thousand.
const askedAtOnce = 200

/** Remembers names: of a thousand groups of a person nearly all are those of the one before. */
export function createGroupNames(clock: Clock, search: SearchGroups): GroupNames {
  const known = new Map<string, { readonly group: Group; readonly until: number }>()

  function remember(group: Group): void {
    if (known.size >= rememberedAtMost) known.clear()
    known.set(group.sid, { group, until: clock.now() + rememberedFor })
  }

  return async (connection, sids) => {
    const now = clock.now()
    const fresh = sids.filter((sid) => (known.get(sid)?.until ?? 0) <= now)
    const names = new Map(sids.map((sid) => [sid, known.get(sid)?.group.name ?? sid]))
    for (let at = 0; at < fresh.length; at += askedAtOnce) {
      const some = fresh.slice(at, at + askedAtOnce)
      const either = some.map((sid) => `(objectSid=${sid})`).join('')
      const found = await search(connection, `(|${either})`)
      if ('failure' in found) return found
      for (const group of found.value) {
        names.set(group.sid, group.name)
        remember(group)
      }
    }
    return { value: [...names].map(([sid, name]) => ({ sid, name })) }
  }
}
