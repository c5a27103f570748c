import { type Entry, escapeFilter } from 'ldapts'
import type { Clock } from '../../shared/clock.ts'
import { createGroupNames, type Group, type GroupNames } from './active-directory-group-names.ts'
import { sidText } from './active-directory-ids.ts'
import type { GroupSettings } from './active-directory-settings.ts'
import { type GroupsOrProblem, groupsToShow } from './group-choice.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'

/** The groups that may leave the building, under the name that they have outside. */
export function groupClaim(groups: readonly Group[], settings: GroupSettings): GroupsOrProblem {
  return groupsToShow(groups, settings, {
    namesOf: ({ sid, name }) => [name, sid],
    shown: ({ sid, name }) => (settings.as === 'sids' ? sid : name),
  })
}

/** All groups that a person is in, as the settings count them; nested in circles or not. */
export type FindGroups = (
  connection: LdapConnection,
  personDn: string,
) => Promise<Ran<readonly Group[]>>

const pageSize = 500

/** @param baseDn of the domain, where groups are searched for */
export function createFindGroups(
  from: GroupSettings['from'],
  { baseDn, clock }: { baseDn: string; clock: Clock },
): FindGroups {
  switch (from) {
    case 'tokenGroups':
      return tokenGroups(createGroupNames(clock, (...args) => searchGroups(baseDn, ...args)))
    case 'chain':
      // LDAP_MATCHING_RULE_TRANSITIVE_EVAL ([MS-ADTS] 3.1.1.3.4.4.3).
      return byMember(baseDn, 'member:1.2.840.113556.1.4.1941:')
    case 'memberOf':
      return byMember(baseDn, 'member')
    case 'none':
      return async () => ({ value: [] })
  }
}

// The directory does the walking, and answers with SIDs alone; names of groups are remembered.
function tokenGroups(names: GroupNames): FindGroups {
  return async (connection, personDn) => {
    const found = await connection.run('search', async (client) => {
      const { searchEntries } = await client.search(personDn, {
        scope: 'base',
        attributes: ['tokenGroups'],
        explicitBufferAttributes: ['tokenGroups'],
      })
      return buffersOf(searchEntries[0], 'tokenGroups').flatMap((bytes) => sidText(bytes) ?? [])
    })
    return 'failure' in found ? found : names(connection, found.value)
  }
}

function byMember(baseDn: string, rule: string): FindGroups {
  return (connection, personDn) =>
    searchGroups(baseDn, connection, `(${rule}=${escapeFilter`${personDn}`})`)
}

function searchGroups(
  baseDn: string,
  connection: LdapConnection,
  condition: string,
): Promise<Ran<readonly Group[]>> {
  return connection.run('search', async (client) => {
    const { searchEntries } = await client.search(baseDn, {
      filter: `(&(objectClass=group)${condition})`,
      attributes: ['sAMAccountName', 'objectSid'],
      explicitBufferAttributes: ['objectSid'],
      // A server sends no more than a thousand at once.
      paged: { pageSize },
    })
    return searchEntries.flatMap(groupOf)
  })
}

function groupOf(entry: Entry): Group[] {
  const [bytes] = buffersOf(entry, 'objectSid')
  const [name] = [entry['sAMAccountName'] ?? []].flat()
  const sid = bytes && sidText(bytes)
  return sid === undefined || typeof name !== 'string' ? [] : [{ sid, name }]
}

function buffersOf(entry: Entry | undefined, attribute: string): readonly Buffer[] {
  return [entry?.[attribute] ?? []].flat().filter((value) => Buffer.isBuffer(value))
}
