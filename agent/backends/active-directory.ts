import type { Entry } from 'ldapts'
import type { RefusedName } from '../../shared/outcome.ts'
import { outcomeOfAdBind } from './active-directory-bind.ts'
import { changePassword } from './active-directory-change.ts'
import { findControllers, keepDiscovering } from './active-directory-discovery.ts'
import { createFindGroups, groupClaim } from './active-directory-groups.ts'
import { guidText } from './active-directory-ids.ts'
import {
  createFindAccount,
  createFindPerson,
  passwordChangedAt,
  passwordExpiresAt,
  stateOf,
} from './active-directory-person.ts'
import type { ActiveDirectoryBackendSettings } from './active-directory-settings.ts'
import { stateRefusal } from './active-directory-state.ts'
import type { BackendParts } from './backend-parts.ts'
import { accountOf } from './ldap-account.ts'
import { type ClaimSources, usualClaims } from './ldap-claims.ts'
import { createDirectory, type DirectoryBackend, type Kind } from './ldap-directory.ts'
import { createDns } from './ldap-dns.ts'
import { readFiles } from './ldap-files.ts'
import { createServer } from './ldap-server.ts'
import { LdapServers } from './ldap-servers.ts'

/**
 * People in one domain of Active Directory: found by the names they may type, in the order of
 * trust; their state told by the number in a refused bind; known to apps by their objectGUID, which
 * survives a new name, a move to another OU and a restore.
 *
 * @throws Fault `settings` if a file cannot be read or `caFile` is no certificate
 */
export async function createActiveDirectoryBackend(
  given: ActiveDirectoryBackendSettings,
  { log, clock, folder }: BackendParts,
): Promise<DirectoryBackend> {
  const settings = await readFiles(given, folder)
  const { domain, coolDown } = settings
  const domainDn = `DC=${domain.split('.').join(',DC=')}`
  const baseDn = settings.baseDn ?? domainDn
  const claims: ClaimSources = { ...usualAdClaims, ...settings.claims }
  const attributes = Object.values(claims).flatMap(({ from }) => from)
  // Whoever names where the claim comes from wants it from there.
  const groups = { ...settings.groups, ...('groups' in claims && none) }
  const findGroups = createFindGroups(groups.from, { baseDn: domainDn, clock })
  const servers = new LdapServers({ coolDown, clock, log })
  const finding = await findServers(servers, settings, { log, clock })

  const groupsOf: Kind['groupsOf'] = async (person, ask) => {
    const found = await ask((connection) => findGroups(connection, person.dn))
    if ('failure' in found) return found
    return { value: groupClaim(found.value, groups) }
  }

  const change: NonNullable<Kind['change']> = (person, { searchers }, wanted) =>
    searchers.use(wanted.signal, (connection) =>
      changePassword(connection, person, { change: wanted, domainDn, now: clock.now() }),
    )

  const directory = createDirectory(
    {
      baseDn,
      find: createFindPerson(settings, { baseDn, attributes }),
      outcomeOfBind: (result, person) =>
        outcomeOfAdBind(result, person && stateOf(person), clock.now()),
      findById: createFindAccount(attributes),
      stateRefusal: (person) => unlessLocked(stateRefusal(stateOf(person), clock.now())),
      groupsOf,
      accountOf: (person, names) => accountOf(withGuidText(person), { idAttribute, claims }, names),
      passwordTimes: (person) => ({
        changedAt: passwordChangedAt(person),
        expiresAt: passwordExpiresAt(person),
      }),
      ...(settings.changePasswords && { change }),
    },
    { servers, clock, log },
  )
  return {
    ...directory,
    [Symbol.asyncDispose]: async () => {
      finding?.[Symbol.dispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
}

/** The servers of the settings; or those in DNS, for which it goes on looking. */
async function findServers(
  servers: LdapServers,
  settings: ActiveDirectoryBackendSettings,
  { log, clock }: Pick<BackendParts, 'log' | 'clock'>,
): Promise<Disposable | undefined> {
  const { urls, discover } = settings
  if (discover === undefined) {
    await servers.use(urls ?? [], (url) => createServer(url, settings, clock))
    return undefined
  }
  const dns = createDns(discover.dnsServers)
  const connecting = discover.dnsServers.length > 0 ? { ...settings, lookup: dns.lookup } : settings
  return keepDiscovering(() => findControllers(dns, { ...settings, ...discover }), {
    apply: (found) => void servers.use(found, (url) => createServer(url, connecting, clock)),
    log,
  })
}

const usualAdClaims: ClaimSources = {
  ...usualClaims,
  preferred_username: { from: ['userPrincipalName', 'sAMAccountName'], as: 'text' },
}

const idAttribute = 'objectGUID'

const none = { from: 'none' } as const

function withGuidText(person: Entry): Entry {
  const [guid] = [person[idAttribute] ?? []].flat()
  const text = Buffer.isBuffer(guid) ? guidText(guid) : undefined
  return { ...person, [idAttribute]: text ?? [] }
}

// Locking somebody out by wrong guesses must not end their sessions as well.
function unlessLocked(refused: ReturnType<typeof stateRefusal>): RefusedName | undefined {
  return refused === 'accountLocked' ? undefined : refused
}
