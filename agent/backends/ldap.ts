import { resolve } from 'node:path'
import type { Entry } from 'ldapts'
import type { Logger } from '../../shared/log.ts'
import type { Outcome } from '../../shared/outcome.ts'
import { readCertificate } from '../../shared/settings/certificate-file.ts'
import { readSecretFile } from '../../shared/settings/secret-file.ts'
import type { Credentials, PasswordBackend } from './backend.ts'
import type { BackendParts } from './backend-parts.ts'
import { type AccountSources, accountOf } from './ldap-account.ts'
import { type BindAs, bindPerson } from './ldap-bind.ts'
import { usualClaims } from './ldap-claims.ts'
import type { Ran } from './ldap-connection.ts'
import { createSearch, type Search } from './ldap-search.ts'
import { createServer, type Server } from './ldap-server.ts'
import { type Attempt, LdapServers } from './ldap-servers.ts'
import type { LdapBackendSettings } from './ldap-settings.ts'

/**
 * People in an LDAP directory. The service account finds the entry that the typed name matches,
 * then the directory is asked to bind that entry's DN with the typed password: one search and one
 * bind a question, on connections that are never used for both.
 *
 * @throws Fault `settings` if a file cannot be read, `caFile` is no certificate, or the user filter is none
 */
export async function createLdapBackend(
  given: LdapBackendSettings,
  { log, clock, folder }: BackendParts,
): Promise<PasswordBackend & AsyncDisposable> {
  const settings = withAbsoluteFiles(given, folder)
  await readSecretFile(settings.bindPasswordFile)
  if (settings.caFile !== undefined) await readCertificate(settings.caFile)

  const { idAttribute, baseDn } = settings
  const sources: AccountSources = { idAttribute, claims: { ...usualClaims, ...settings.claims } }
  const attributes = Object.values(sources.claims).flatMap(({ from }) => from)
  const directory: Directory = {
    search: createSearch(settings, [idAttribute, ...attributes]),
    sources,
    baseDn,
    log,
  }
  const servers = new LdapServers(
    settings.urls.map((url) => createServer(url, settings, clock)),
    { coolDown: settings.coolDown, clock, log },
  )
  return {
    verify: async (credentials) => {
      // Many directories let anybody in who sends no password (RFC 4513 section 5.1.2). It is
      // nobody's password, so it is a wrong one.
      if (credentials.password === '') return { outcome: { name: 'wrongPassword' } }
      return servers.ask(credentials.signal, (server) => check(directory, server, credentials))
    },
    [Symbol.asyncDispose]: () => servers.close(),
  }
}

interface Directory {
  readonly search: Search
  readonly sources: AccountSources
  readonly baseDn: string
  readonly log: Logger
}

async function check(
  directory: Directory,
  server: Server,
  credentials: Credentials,
): Promise<Attempt> {
  const { password, signal } = credentials
  const found = await findEntries(directory.search, server, credentials)
  if ('failure' in found) return found
  const [entry, ...others] = found.value
  // Never the first of several: who could sign in would depend on the order of the directory.
  if (others.length > 0) {
    directory.log.warn({ directory: server.url }, 'a user name matches more than one entry')
  }
  const person = others.length === 0 ? entry : undefined
  // For nobody the same is done as for somebody, so that the time it takes does not tell who
  // exists. What the directory spends on checking a hash it cannot be made to spend on no entry.
  const binding = person ? { dn: person.dn, password } : nobody(directory.baseDn)
  const bound = await server.binders.use(signal, (connection) => bindPerson(connection, binding))
  if ('failure' in bound) return bound
  if (!person) return { outcome: { name: 'unknownUser' } }
  if (bound.value !== 'ok') return { outcome: { name: bound.value } }
  return { outcome: accepted(person, directory.sources) }
}

async function findEntries(
  search: Search,
  { searchers }: Server,
  credentials: Credentials,
): Promise<Ran<readonly Entry[]>> {
  const { signal } = credentials
  const found = await searchers.use(signal, (connection) => search(connection, credentials))
  if (!('failure' in found && found.failure.lost) || signal.aborted) return found
  // The connection may have been dead for long, and its neighbours with it; a search may be
  // repeated at no cost to the person.
  searchers.dropIdle()
  return searchers.use(signal, (connection) => search(connection, credentials))
}

/** An entry that is not there. The person's password is nobody's business, so it is not sent. */
const nobody = (baseDn: string): BindAs => ({
  dn: `cn=postern-unknown-user,${baseDn}`,
  password: 'unknown',
})

function accepted(entry: Entry, sources: AccountSources): Outcome {
  const made = accountOf(entry, sources)
  if ('account' in made) return { name: 'ok', account: made.account }
  return { name: 'unavailable', reason: 'misconfigured', detail: made.problem }
}

function withAbsoluteFiles(settings: LdapBackendSettings, folder: string): LdapBackendSettings {
  const { caFile, bindPasswordFile } = settings
  return {
    ...settings,
    bindPasswordFile: resolve(folder, bindPasswordFile),
    ...(caFile !== undefined && { caFile: resolve(folder, caFile) }),
  }
}
