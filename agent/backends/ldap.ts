import type { Entry } from 'ldapts'
import type { Outcome } from '../../shared/outcome.ts'
import type { BackendParts } from './backend-parts.ts'
import { chosenGroups, type GroupChoice } from './group-choice.ts'
import { type AccountSources, accountOf } from './ldap-account.ts'
import { expiryOf, outcomeOfBind } from './ldap-bind.ts'
import { changePassword } from './ldap-change.ts'
import { usualClaims } from './ldap-claims.ts'
import { createDirectory, type DirectoryBackend, type Kind } from './ldap-directory.ts'
import { readFiles } from './ldap-files.ts'
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
  const servers = new LdapServers(
    settings.urls.map((url) => createServer(url, settings, clock)),
    { coolDown, clock, log },
  )
  const kind: Kind = {
    baseDn,
    find: createSearch(settings, attributes),
    findById: createFindById(settings, attributes),
    outcomeOfBind,
    expiryOf,
    stateRefusal: (person) => stateRefusal(person, clock.now()),
    accept: createAccept(sources, groups, findGroups),
    ...(settings.changePasswords && { change: changePassword }),
  }
  return createDirectory(kind, { servers, clock, log })
}

function createAccept(
  sources: AccountSources,
  choice: GroupChoice,
  findGroups: FindGroups,
): Kind['accept'] {
  return async (person, { searchers }, signal) => {
    const found = await findGroups.of(person, (work) => searchers.use(signal, work))
    // The password has been tried and was right; asking another server would try it again.
    if ('failure' in found) {
      const { reason, detail } = found.failure
      return { name: 'unavailable', reason, detail }
    }
    if ('problem' in found.value) return misconfigured(found.value.problem)
    const chosen = chosenGroups(found.value.groups, choice, ({ name }) => [name])
    if (chosen === undefined) return misconfigured(`more than ${choice.most} groups`)
    return accepted(person, sources, [...new Set(chosen.map(({ name }) => name))].toSorted())
  }
}

/** The person, or why the entry does not make one. */
export function accepted(
  entry: Entry,
  sources: AccountSources,
  groups?: readonly string[],
): Outcome {
  const made = accountOf(entry, sources, groups)
  const changedAt = passwordChangedAt(entry)
  const changed = changedAt !== undefined && { passwordChangedAt: changedAt }
  if ('account' in made) return { name: 'ok', account: { ...made.account, ...changed } }
  return misconfigured(made.problem)
}

const none = { from: 'none' } as const

function misconfigured(detail: string): Outcome {
  return { name: 'unavailable', reason: 'misconfigured', detail }
}
