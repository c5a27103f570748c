import type { Entry, SearchOptions } from 'ldapts'
import type { LdapConnection, Ran } from './ldap-connection.ts'
import { createUserFilter, type TypedName } from './ldap-filter.ts'
import type { FilledSettings } from './ldap-presets.ts'
import type { LdapBackendSettings } from './ldap-settings.ts'

/** Finds the entries that a typed name matches; no more than two, since one is all that counts. */
export type Search = (connection: LdapConnection, name: TypedName) => Promise<Ran<readonly Entry[]>>

/**
 * @param attributes the only ones that are asked for
 * @throws Fault `settings` if the user filter is none
 */
export function createSearch(
  settings: Pick<LdapBackendSettings, 'baseDn' | 'scope' | 'operationTimeout'> &
    Pick<FilledSettings, 'userFilter'>,
  attributes: readonly string[],
): Search {
  const filterFor = createUserFilter(settings.userFilter)
  const options: SearchOptions = {
    scope: settings.scope,
    attributes: [...new Set(attributes)],
    sizeLimit: 2,
    // Seconds: the server then need not go on for nobody.
    timeLimit: Math.ceil(settings.operationTimeout / 1000),
  }
  return (connection, name) => {
    const filter = filterFor(name)
    return connection.run('search', async (client) => {
      const { searchEntries } = await client.search(settings.baseDn, { ...options, filter })
      return searchEntries
    })
  }
}
