import { type Client, type Entry, escapeFilter } from 'ldapts'
import type { Clock } from '../../shared/clock.ts'
import { createGroupNames, type Group, type GroupNames } from './active-directory-group-names.ts'
import { sidText } from './active-directory-ids.ts'
import type { GroupSettings } from './active-directory-settings.ts'
import { type GroupsOrProblem, groupsToShow } from './group-choice.ts'
import { createGroupSight, sightTimeLimit } from './group-sight.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'

/** The groups that may leave the building, under the name that they have outside. */
export function groupClaim(
  groups: readonly Group[] | undefined,
  settings: GroupSettings,
): GroupsOrProblem {
  return groupsToShow(groups, settings, {
    namesOf: ({ sid, name }) => [name, sid],
    shown: ({ sid, name }) => (settings.as === 'sids' ? sid : name),
  })
}

/**
 * All groups that a person is in, as the settings count them, nested in circles or not; `undefined` if
 * they cannot be told.
 */
export type FindGroups = (
  connection: LdapConnection,
  personDn: string,
) => Promise<Ran<readonly Group[] | undefined>>

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
      return byMember('member:1.2.840.113556.1.4.1941:', { baseDn, clock })
    case 'memberOf':
      return byMember('member', { baseDn, clock })
    case 'none':
      return async () => ({ value: undefined })
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
    if ('failure' in found) return found
    // Everybody has a primary group: without one the service account may not read any.
    return found.value.length === 0 ? { value: undefined } : names(connection, found.value)
  }
}

function byMember(rule: string, { baseDn, clock }: { baseDn: string; clock: Clock }): FindGroups {
  const sight = createGroupSight(clock)
  return async (connection, personDn) => {
    const condition = `(${rule}=${escapeFilter`${personDn}`})`
    const found = await searchGroups(baseDn, connection, condition)
    if ('failure' in found || found.value.length > 0) return found
    const isSeen = await sight(() => connection.run('search', hasMembers(baseDn)))
    return isSeen ? found : { value: undefined }
  }
}

// The built-in groups of every domain have some.
function hasMembers(baseDn: string): (client: Client) => Promise<boolean> {
  return async (client) => {
    const { searchEntries } = await client.search(baseDn, {
      filter: '(&(objectClass=group)(member=*))',
      attributes: ['1.1'],
      sizeLimit: 1,
      timeLimit: sightTimeLimit,
    })
    return searchEntries.length > 0
  }
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
