import { type Entry, EqualityFilter, type SearchOptions } from 'ldapts'
import type { LdapConnection, Ran } from './ldap-connection.ts'

/** Finds an entry by its immutable id; `undefined` if it is gone. */
export type FindById = (connection: LdapConnection, id: string) => Promise<Ran<Entry | undefined>>

export function createFindById(
  { baseDn, idAttribute }: { baseDn: string; idAttribute: string },
  attributes: readonly string[],
): FindById {
  const options: SearchOptions = { attributes: [...new Set(attributes)], sizeLimit: 2 }
  return (connection, id) =>
    connection.run('search', async (client) => {
      for (const value of readings(id)) {
        const filter = new EqualityFilter({ attribute: idAttribute, value })
        const { searchEntries } = await client.search(baseDn, { ...options, filter })
        const [entry, ...others] = searchEntries
        if (entry !== undefined && others.length === 0) return entry
      }
      return undefined
    })
}

// An id that is bytes is known by its hex digits.
function readings(id: string): readonly (string | Buffer)[] {
  return /^([\da-f]{2})+$/.test(id) ? [id, Buffer.from(id, 'hex')] : [id]
}
