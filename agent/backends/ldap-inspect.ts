import type { Client, Entry } from 'ldapts'
import { findControllers } from './active-directory-discovery.ts'
import { createFindPerson } from './active-directory-person.ts'
import type { ActiveDirectoryBackendSettings } from './active-directory-settings.ts'
import type { BackendParts } from './backend-parts.ts'
import { accountOf } from './ldap-account.ts'
import { usualClaims } from './ldap-claims.ts'
import type { Ran } from './ldap-connection.ts'
import type { Kind } from './ldap-directory.ts'
import { createDns } from './ldap-dns.ts'
import type { Failure } from './ldap-failure.ts'
import { readFiles } from './ldap-files.ts'
import type { TypedName } from './ldap-filter.ts'
import { withPreset } from './ldap-presets.ts'
import { createSearch } from './ldap-search.ts'
import { createServer, type Server } from './ldap-server.ts'
import type { LdapBackendSettings } from './ldap-settings.ts'
import { type Shortcoming, shortcomingsOf } from './ldap-shortcomings.ts'

/** One server of a directory, asked as the doctor asks: one thing at a time, and never a password. */
export interface InspectedServer extends AsyncDisposable {
  readonly url: string
  /** Connects, encrypted as the settings say, and binds nobody. */
  connect(): Promise<Failure | undefined>
  /** Binds the service account and looks for somebody. */
  find(name: TypedName): Promise<{ readonly failure: Failure } | FoundPerson>
  /** What it lacks that the settings count on. */
  shortcomings(): Promise<Ran<readonly Shortcoming[]>>
}

export interface FoundPerson {
  readonly entries: number
  /** Why the entry would not make an account, if there is one. */
  readonly problem?: string
}

export type DirectorySettings = LdapBackendSettings | ActiveDirectoryBackendSettings

/**
 * @returns its servers, those in DNS where the settings say so
 * @throws Fault `settings` if a file cannot be read; what DNS says if it does not answer
 */
export async function inspect(
  given: DirectorySettings,
  { clock, folder }: Pick<BackendParts, 'clock' | 'folder'>,
): Promise<readonly InspectedServer[]> {
  const settings = await readFiles(given, folder)
  const { find, judge, lacks, urls, ...how } = await (settings.type === 'ldap'
    ? ldap(settings)
    : activeDirectory(settings))
  return urls.map((url) => {
    return inspected(createServer(url, { ...settings, ...how }, clock), {
      find,
      judge,
      lacks,
      within: settings.connectTimeout + settings.operationTimeout,
    })
  })
}

interface Inspection {
  readonly find: Kind['find']
  readonly judge: Judge
  readonly lacks: (client: Client) => Promise<readonly Shortcoming[]>
  /** Milliseconds. */
  readonly within: number
}

type Judge = (person: Entry) => string | undefined

function inspected(
  { url, searchers, binders }: Server,
  { find, judge, lacks, within }: Inspection,
): InspectedServer {
  return {
    url,
    connect: () => binders.probe(),
    find: async (name) => {
      const found = await searchers.use(AbortSignal.timeout(within), (connection) =>
        find(connection, name),
      )
      if ('failure' in found) return found
      const [entry] = found.value
      const problem = entry && judge(entry)
      return { entries: found.value.length, ...(problem !== undefined && { problem }) }
    },
    shortcomings: () =>
      searchers.use(AbortSignal.timeout(within), (connection) => connection.run('search', lacks)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([searchers.close(), binders.close()])
    },
  }
}

function ldap(given: LdapBackendSettings) {
  const settings = withPreset(given)
  const { idAttribute, urls } = settings
  const sources = { idAttribute, claims: { ...usualClaims, ...settings.claims } }
  const attributes = Object.values(sources.claims).flatMap(({ from }) => from)
  const judge: Judge = (person) => {
    const made = accountOf(person, sources)
    return 'problem' in made ? made.problem : undefined
  }
  const lacks = (client: Client) => shortcomingsOf(client, settings)
  return { find: createSearch(settings, [idAttribute, ...attributes]), judge, lacks, urls }
}

async function activeDirectory(settings: ActiveDirectoryBackendSettings) {
  const { domain, discover, urls = [] } = settings
  const baseDn = settings.baseDn ?? `DC=${domain.split('.').join(',DC=')}`
  const find = createFindPerson(settings, { baseDn, attributes: [] })
  const how = { find, judge: judgeGuid, lacks: lacksNothing }
  if (discover === undefined) return { ...how, urls }
  const dns = createDns(discover.dnsServers)
  const found = await findControllers(dns, { ...settings, ...discover })
  const lookup = discover.dnsServers.length > 0 ? { lookup: dns.lookup } : {}
  return { ...how, urls: found, ...lookup }
}

// All that is counted on is a part of it.
const lacksNothing: Inspection['lacks'] = async () => []

const judgeGuid: Judge = (person) =>
  Buffer.isBuffer([person['objectGUID']].flat()[0])
    ? undefined
    : 'the entry has no objectGUID that the service account can read'
