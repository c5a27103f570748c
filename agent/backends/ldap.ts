import type { BackendParts } from './backend-parts.ts'
import { type GroupChoice, groupsToShow } from './group-choice.ts'
import { type AccountSources, accountOf } from './ldap-account.ts'
import { expiryOf, outcomeOfBind } from './ldap-bind.ts'
import { changePassword } from './ldap-change.ts'
import { usualClaims } from './ldap-claims.ts'
import { createDirectory, type DirectoryBackend, type Kind } from './ldap-directory.ts'
import { readFiles } from './ldap-files.ts'
import type { LdapGroup } from './ldap-group-walk.ts'
import { createFindGroups, type FindGroups } from './ldap-groups.ts'
import { createFindById } from './ldap-lookup.ts'
import { withPreset } from './ldap-presets.ts'
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
  const settings = withPreset(await readFiles(given, folder))
  const { idAttribute, baseDn, coolDown } = settings
  const sources: AccountSources = { idAttribute, claims: { ...usualClaims, ...settings.claims } }
  const named = Object.values(sources.claims).flatMap(({ from }) => from)
  // Whoever names where the claim comes from wants it from there.
  const groups = { ...settings.groups, ...('groups' in sources.claims && none) }
  const findGroups = createFindGroups({ ...settings, groups }, clock)
  const attributes = [idAttribute, ...named, ...findGroups.attributes, ...stateAttributes]
  const servers = new LdapServers({ coolDown, clock, log })
  await servers.use(settings.urls, (url) => createServer(url, settings, clock))
  const kind: Kind = {
    baseDn,
    find: createSearch(settings, attributes),
    findById: createFindById(settings, attributes),
    outcomeOfBind,
    expiryOf,
    stateRefusal: (person) => stateRefusal(person, clock.now()),
    groupsOf: createGroupsOf(groups, findGroups),
    accountOf: (person, names) => accountOf(person, sources, names),
    passwordTimes: (person) => ({ changedAt: passwordChangedAt(person) }),
    ...(settings.changePasswords && { change: changePassword }),
  }
  return createDirectory(kind, { servers, clock, log })
}

function createGroupsOf(choice: GroupChoice, findGroups: FindGroups): Kind['groupsOf'] {
  return async (person, ask) => {
    const found = await findGroups.of(person, ask)
    if ('failure' in found) return found
    if (found.value && 'problem' in found.value) return { value: found.value }
    return { value: groupsToShow(found.value?.groups, choice, byName) }
  }
}

const byName = {
  namesOf: ({ name }: LdapGroup) => [name],
  shown: ({ name }: LdapGroup) => name,
}

const none = { from: 'none' } as const
