import type { Entry } from 'ldapts'
import type { Account } from '../../shared/account.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { ChangeRefusedName, Outcome, RefusedName } from '../../shared/outcome.ts'
import type {
  AccountLookup,
  BackendAnswer,
  Credentials,
  PasswordBackend,
  PasswordChange,
  PasswordChanger,
  SoughtAccount,
} from './backend.ts'
import type { GroupsOrProblem } from './group-choice.ts'
import type { AccountOrProblem } from './ldap-account.ts'
import { type BindAs, type BindResult, bind, type PasswordExpiry } from './ldap-bind.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'
import { failureOfCode } from './ldap-failure.ts'
import type { TypedName } from './ldap-filter.ts'
import type { AskAccount } from './ldap-groups.ts'
import { createPace, type Pace } from './ldap-pace.ts'
import type { Server } from './ldap-server.ts'
import { type Attempt, type LdapServers, unavailable } from './ldap-servers.ts'
import { canBePassword } from './password-text.ts'

/**
 * How every LDAP directory is asked about a person: the service account finds the entry that the
 * typed name matches, then the directory is asked to bind that entry's DN with the typed password,
 * on connections that are never used for both. What differs between directories is a `Kind`.
 */
export interface Kind {
  readonly baseDn: string
  /** The entries that the name matches. More than one is nobody. */
  find(connection: LdapConnection, name: TypedName): Promise<Ran<readonly Entry[]>>
  /** @returns `undefined` if what the directory answered does not speak of the person */
  outcomeOfBind(result: BindResult, person: Entry | undefined): 'ok' | RefusedName | undefined
  /**
   * When the password expires, by what was said to the bind, if that tells.
   * @param now milliseconds since the epoch
   */
  expiryOf?(result: BindResult, now: number): PasswordExpiry
  /** The groups of the person that may leave the building; or for the operator, why none can. */
  groupsOf(person: Entry, ask: AskAccount): Promise<Ran<GroupsOrProblem>>
  /** Who it is, once the password is known to be right; or for the operator, why nobody. */
  accountOf(person: Entry, groups: readonly string[] | undefined): AccountOrProblem
  passwordTimes(person: Entry): PasswordTimes
  /** The entry of an account that was known before; `undefined` if it is gone. */
  findById(connection: LdapConnection, id: string): Promise<Ran<Entry | undefined>>
  /** Why nobody may use the account, whatever the password; being locked for a while is no reason. */
  stateRefusal(person: Entry): RefusedName | undefined
  /** Has the directory change the password of the entry; only where the settings allow it. */
  change?(person: Entry, server: Server, change: PasswordChange): Promise<Ran<Changed>>
}

/** What an entry tells of its password, in milliseconds since the epoch; and a bind with it. */
export interface PasswordTimes extends PasswordExpiry {
  readonly changedAt: number | undefined
}

interface DirectoryParts {
  readonly servers: LdapServers
  readonly clock: Clock
  readonly log: Logger
}

/** What came of a change that the directory was asked for. */
export type Changed = 'changed' | ChangeRefusedName | RefusedName

/** All that a directory of people can do. */
export type DirectoryBackend = PasswordBackend &
  AccountLookup &
  Partial<PasswordChanger> &
  AsyncDisposable

export function createDirectory(kind: Kind, parts: DirectoryParts): DirectoryBackend {
  const { servers } = parts
  const directory = { ...parts, kind, pace: createPace(parts.clock) }
  const change = kind.change?.bind(kind)
  return {
    ...(change && {
      changePassword: (wanted) => changePassword(directory, change, wanted),
    }),
    verify: async (credentials) => {
      if (!canBePassword(credentials.password)) return { outcome: { name: 'wrongPassword' } }
      return servers.ask(credentials.signal, (server) => check(directory, server, credentials))
    },
    lookUp: (sought) => servers.ask(sought.signal, (server) => lookUp(kind, server, sought)),
    [Symbol.asyncDispose]: () => servers.close(),
  }
}

interface Directory extends DirectoryParts {
  readonly kind: Kind
  readonly pace: Pace
}

async function check(
  { kind, pace, clock, log }: Directory,
  server: Server,
  credentials: Credentials,
): Promise<Attempt> {
  const { password, signal } = credentials
  const found = await findEntries(kind, server, credentials)
  if ('failure' in found) return found
  const person = onlyOne(found.value, server, log)
  // For nobody the same is done as for somebody, so that the time it takes does not tell who
  // exists. What the directory spends on checking a hash it cannot be made to spend on no entry;
  // `pace` makes up for that.
  const binding = person ? { dn: person.dn, password } : nobody(kind.baseDn)
  const started = clock.now()
  let expiry: PasswordExpiry | undefined
  const bound = await server.binders.use(signal, (connection) =>
    bindPerson(connection, binding, (result) => {
      expiry = kind.expiryOf?.(result, clock.now())
      return kind.outcomeOfBind(result, person)
    }),
  )
  if ('failure' in bound) return bound
  const took = clock.now() - started
  if (!person) {
    await pace.linger(took, signal)
    return { outcome: { name: 'unknownUser' } }
  }
  if (bound.value === 'wrongPassword') pace.refused(took)
  if (bound.value !== 'ok') return { outcome: { name: bound.value } }
  const times = { ...kind.passwordTimes(person), ...expiry }
  return { outcome: await accept(kind, { person, server, signal, times }) }
}

interface Accepted {
  readonly person: Entry
  readonly server: Server
  readonly signal: AbortSignal
  readonly times?: PasswordTimes
}

async function accept(
  kind: Kind,
  { person, server, signal, times = kind.passwordTimes(person) }: Accepted,
): Promise<Outcome> {
  const found = await kind.groupsOf(person, (work) => server.searchers.use(signal, work))
  // The password has been tried and was right; asking another server would try it again.
  if ('failure' in found) return unavailable(found.failure)
  if ('problem' in found.value) return misconfigured(found.value.problem)
  const made = kind.accountOf(person, found.value.groups)
  if ('problem' in made) return misconfigured(made.problem)
  return { name: 'ok', account: withTimes(made.account, times) }
}

function withTimes(
  account: Account,
  { changedAt, expiresAt, signInsLeft }: PasswordTimes,
): Account {
  return {
    ...account,
    ...(changedAt !== undefined && { passwordChangedAt: changedAt }),
    ...(expiresAt !== undefined && { passwordExpiresAt: expiresAt }),
    ...(signInsLeft !== undefined && { signInsLeft }),
  }
}

function misconfigured(detail: string): Outcome {
  return unavailable({ reason: 'misconfigured', detail })
}

async function changePassword(
  { kind, servers, pace, clock, log }: Directory,
  change: NonNullable<Kind['change']>,
  wanted: PasswordChange,
): Promise<BackendAnswer> {
  const { password, newPassword, signal } = wanted
  if (!canBePassword(password)) return { outcome: { name: 'wrongOldPassword' } }
  if (!canBePassword(newPassword)) return { outcome: { name: 'tooShort' } }
  return servers.ask(signal, async (server) => {
    const found = await findEntries(kind, server, wanted)
    if ('failure' in found) return found
    const person = onlyOne(found.value, server, log)
    if (person === undefined) {
      await pace.linger(0, signal)
      return { outcome: { name: 'wrongOldPassword' } }
    }
    const started = clock.now()
    const changed = await change(person, server, wanted)
    if ('failure' in changed) return changed
    if (changed.value === 'wrongOldPassword') pace.refused(clock.now() - started)
    if (changed.value !== 'changed') return { outcome: { name: changed.value } }
    // As the entry is now: when the password was changed is a part of who it is.
    const again = await findEntries(kind, server, wanted)
    const fresh = 'value' in again ? (again.value[0] ?? person) : person
    return { outcome: await accept(kind, { person: fresh, server, signal }) }
  })
}

async function lookUp(kind: Kind, server: Server, { id, signal }: SoughtAccount): Promise<Attempt> {
  const found = await searching(server, signal, (connection) => kind.findById(connection, id))
  if ('failure' in found) return found
  const person = found.value
  if (person === undefined) return { outcome: { name: 'unknownUser' } }
  const refused = kind.stateRefusal(person)
  if (refused !== undefined) return { outcome: { name: refused } }
  return { outcome: await accept(kind, { person, server, signal }) }
}

// Never the first of several: who could sign in would depend on the order of the directory.
function onlyOne(entries: readonly Entry[], server: Server, log: Logger): Entry | undefined {
  const [entry, ...others] = entries
  if (others.length === 0) return entry
  log.warn({ directory: server.url }, 'a user name matches more than one entry')
  return undefined
}

function findEntries(
  kind: Kind,
  server: Server,
  credentials: Credentials,
): Promise<Ran<readonly Entry[]>> {
  return searching(server, credentials.signal, (connection) => kind.find(connection, credentials))
}

async function searching<T>(
  { searchers }: Server,
  signal: AbortSignal,
  find: (connection: LdapConnection) => Promise<Ran<T>>,
): Promise<Ran<T>> {
  const found = await searchers.use(signal, find)
  if (!('failure' in found && found.failure.lost) || signal.aborted) return found
  // The connection may have been dead for long, and its neighbours with it; a search may be
  // repeated at no cost to the person.
  searchers.dropIdle()
  return searchers.use(signal, find)
}

async function bindPerson(
  connection: LdapConnection,
  binding: BindAs,
  outcomeOf: (result: BindResult) => 'ok' | RefusedName | undefined,
): Promise<Ran<'ok' | RefusedName>> {
  const bound = await bind(connection, 'bind', binding)
  if ('failure' in bound) return bound
  const value = outcomeOf(bound.value)
  if (value !== undefined) return { value }
  const { host } = connection
  return { failure: failureOfCode(bound.value.code, { step: 'bind', host }) }
}

/** An entry that is not there. The person's password is nobody's business, so it is not sent. */
const nobody = (baseDn: string): BindAs => ({
  dn: `cn=postern-unknown-user,${baseDn}`,
  password: 'unknown',
})
