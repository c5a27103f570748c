import { type Client, type Entry, escapeFilter, ResultCodeError } from 'ldapts'
import type { Clock } from '../../shared/clock.ts'
import { createGroupSight, sightTimeLimit } from './group-sight.ts'
import { valuesOf } from './ldap-claims.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'
import {
  type GroupsAround,
  groupOf,
  isBelow,
  type LdapGroup,
  type Walked,
  walkGroups,
} from './ldap-group-walk.ts'
import type { Work } from './ldap-pool.ts'
import type { FilledSettings } from './ldap-presets.ts'

/** Runs a search on a connection of the service account. */
export type AskAccount = <T>(work: Work<T>) => Promise<Ran<T>>

/** All groups that a person is in, as the settings count them. */
export interface FindGroups {
  /** Of the person's entry, which it needs. */
  readonly attributes: readonly string[]
  /** @returns `undefined` for nothing that would be true */
  of(person: Entry, ask: AskAccount): Promise<Ran<Walked | undefined>>
}

type Settings = Pick<FilledSettings, 'groups' | 'baseDn'> & { readonly operationTimeout: number }

export function createFindGroups(settings: Settings, clock: Clock): FindGroups {
  const { from, nested, deepest } = settings.groups
  if (from === 'none') return { attributes: [], of: async () => ({ value: undefined }) }
  const { attributes, direct, above, isSeen } =
    from === 'memberOf' ? byMemberOf(settings) : byMember(settings)
  const remembered = createMemory(clock, above)
  const sight = createGroupSight(clock)
  return {
    attributes,
    of: async (person, ask) => {
      const found = await direct(person, ask)
      if ('failure' in found) return found
      if (found.value.length === 0) {
        const look = () => ask((connection) => connection.run('search', isSeen))
        return { value: (await sight(look)) ? { groups: [] } : undefined }
      }
      if (!nested) return { value: { groups: found.value } }
      return walkGroups(found.value, { around: remembered(ask), deepest })
    },
  }
}

/** One way to learn about groups. */
interface Way {
  readonly attributes: readonly string[]
  readonly direct: (person: Entry, ask: AskAccount) => Promise<Ran<readonly LdapGroup[]>>
  /** Those that one group is directly in. */
  readonly above: (client: Client, dn: string) => Promise<readonly LdapGroup[]>
  /** Whether anybody is seen to be in a group. */
  readonly isSeen: (client: Client) => Promise<boolean>
}

/** People who may all be in other groups than those that count, before nobody is taken to be. */
const lookedAt = 20

// Each entry names its groups.
function byMemberOf({ groups: { baseDn }, baseDn: ofPeople }: Settings): Way {
  const attributes = ['memberOf']
  const named = (entry: Entry | undefined): LdapGroup[] => {
    const dns = entry === undefined ? [] : valuesOf(entry)('memberOf')
    return dns.filter((dn) => baseDn === undefined || isBelow(dn, baseDn)).map((dn) => groupOf(dn))
  }
  return {
    attributes,
    direct: async (person) => ({ value: named(person) }),
    above: async (client, dn) => {
      const { searchEntries } = await client
        .search(dn, { scope: 'base', attributes })
        .catch(noneIfGone)
      return named(searchEntries[0])
    },
    isSeen: async (client) => {
      const { searchEntries } = await client.search(ofPeople, {
        filter: '(memberOf=*)',
        attributes,
        sizeLimit: lookedAt,
        timeLimit: sightTimeLimit,
      })
      return searchEntries.some((entry) => named(entry).length > 0)
    },
  }
}

// An entry may name a group that has gone, that another server has, or that the service account
// must not see; and what is no DN is no entry (RFC 4511 appendix A). Nobody is kept out for that.
const goneElsewhereBadOrHidden: readonly number[] = [32, 10, 34, 50]

function noneIfGone(error: unknown): { searchEntries: Entry[] } {
  if (error instanceof ResultCodeError && goneElsewhereBadOrHidden.includes(error.code)) {
    return { searchEntries: [] }
  }
  throw error
}

const pageSize = 500

const naming = (dn: string) => [escapeFilter`(member=${dn})`, escapeFilter`(uniqueMember=${dn})`]

// Groups name their members: by DN (RFC 4519 sections 3.5 and 3.6), or by uid (RFC 2307). Which
// of these a server does not know, it leaves out of the filter by itself (RFC 4511 section 4.5.1.7).
function byMember({ groups, baseDn, operationTimeout }: Settings): Way {
  const search = async (client: Client, filter: string): Promise<readonly LdapGroup[]> => {
    const { searchEntries } = await client.search(groups.baseDn ?? baseDn, {
      filter,
      attributes: ['cn'],
      timeLimit: Math.ceil(operationTimeout / 1000),
      paged: { pageSize },
    })
    return searchEntries.map((entry) => groupOf(entry.dn, valuesOf(entry)('cn')[0]))
  }
  return {
    attributes: ['uid'],
    direct: (person, ask) => {
      const uids = valuesOf(person)('uid').map((uid) => escapeFilter`(memberUid=${uid})`)
      const filter = `(|${[...naming(person.dn), ...uids].join('')})`
      return ask((connection) => connection.run('search', (client) => search(client, filter)))
    },
    above: (client, dn) => search(client, `(|${naming(dn).join('')})`),
    isSeen: async (client) => {
      const { searchEntries } = await client.search(groups.baseDn ?? baseDn, {
        filter: '(|(member=*)(uniqueMember=*)(memberUid=*))',
        attributes: ['1.1'],
        sizeLimit: 1,
        timeLimit: sightTimeLimit,
      })
      return searchEntries.length > 0
    },
  }
}

// Milliseconds. Who is in a group is asked each time; which groups are in a group changes seldom,
// and a minute is no more than replication may take.
const rememberedFor = 60_000
const rememberedAtMost = 20_000

/** Questions under way on one connection at a time. */
const askedAtOnce = 20

type Above = Map<string, readonly LdapGroup[]>

/** Of the groups of a person nearly all are those of the one before. */
function createMemory(clock: Clock, above: Way['above']): (ask: AskAccount) => GroupsAround {
  const known = new Map<string, { readonly groups: readonly LdapGroup[]; readonly until: number }>()

  async function learn(connection: LdapConnection, dns: readonly string[]): Promise<Ran<Above>> {
    const learnt: Above = new Map()
    for (let at = 0; at < dns.length; at += askedAtOnce) {
      const some = await connection.run('search', (client) =>
        Promise.all(
          dns.slice(at, at + askedAtOnce).map(async (dn) => {
            const groups = await above(client, dn)
            if (known.size >= rememberedAtMost) known.clear()
            known.set(dn, { groups, until: clock.now() + rememberedFor })
            learnt.set(dn, groups)
          }),
        ),
      )
      if ('failure' in some) return some
    }
    return { value: learnt }
  }

  return (ask) => async (dns) => {
    const now = clock.now()
    const held = dns.flatMap((dn) => {
      const one = known.get(dn)
      return one !== undefined && one.until > now ? [[dn, one.groups] as const] : []
    })
    const all: Above = new Map(held)
    const fresh = dns.filter((dn) => !all.has(dn))
    if (fresh.length > 0) {
      const learnt = await ask((connection) => learn(connection, fresh))
      if ('failure' in learnt) return learnt
      for (const [dn, groups] of learnt.value) all.set(dn, groups)
    }
    return { value: [...all.values()].flat() }
  }
}
