import type { Entry } from 'ldapts'
import type { Outcome } from '../../shared/outcome.ts'
import type { BackendParts } from './backend-parts.ts'
import { type AccountSources, accountOf } from './ldap-account.ts'
import { outcomeOfBind } from './ldap-bind.ts'
import { changePassword } from './ldap-change.ts'
import { usualClaims } from './ldap-claims.ts'
import { createDirectory, type DirectoryBackend, type Kind } from './ldap-directory.ts'
import { readFiles } from './ldap-files.ts'
import { createFindById } from './ldap-lookup.ts'
import { createSearch } from './ldap-search.ts'
import { createServer } from './ldap-server.ts'
import { LdapServers } from './ldap-servers.ts'
import type { LdapBackendSettings } from './ldap-settings.ts'
import { passwordChangedAt, stateAttributes, stateRefusal } from './ldap-state.ts'

/**
 * People in an LDAP directory such as OpenLDAP: found by the filter of the settings, their state
 * told by result codes and the password policy control.
 *
 * @throws Fault `settings` if a file cannot be read, `caFile` is no certificate, or the user filter is none
 */
export async function createLdapBackend(
  given: LdapBackendSettings,
  { log, clock, folder }: BackendParts,
): Promise<DirectoryBackend> {
  const settings = await readFiles(given, folder)
  const { idAttribute, baseDn, coolDown } = settings
  const sources: AccountSources = { idAttribute, claims: { ...usualClaims, ...settings.claims } }
  const named = Object.values(sources.claims).flatMap(({ from }) => from)
  const attributes = [idAttribute, ...named, ...stateAttributes]
  const servers = new LdapServers(
    settings.urls.map((url) => createServer(url, settings, clock)),
    { coolDown, clock, log },
  )
  const kind: Kind = {
    baseDn,
    find: createSearch(settings, attributes),
    findById: createFindById(settings, attributes),
    outcomeOfBind,
    stateRefusal: (person) => stateRefusal(person, clock.now()),
    accept: async (person) => accepted(person, sources),
    ...(settings.changePasswords && { change: changePassword }),
  }
  return createDirectory(kind, { servers, clock, log })
}

/** The person, or why the entry does not make one. */
export function accepted(entry: Entry, sources: AccountSources): Outcome {
  const made = accountOf(entry, sources)
  const changedAt = passwordChangedAt(entry)
  const changed = changedAt !== undefined && { passwordChangedAt: changedAt }
  if ('account' in made) return { name: 'ok', account: { ...made.account, ...changed } }
  return { name: 'unavailable', reason: 'misconfigured', detail: made.problem }
}
