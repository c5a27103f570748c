import type { Clock } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import { createLog } from '../../shared/log.ts'
import type { UnavailableReason } from '../../shared/outcome.ts'
import type { Failure } from '../backends/ldap-failure.ts'
import { type InspectedServer, inspect } from '../backends/ldap-inspect.ts'
import { createBackend } from '../backends/registry.ts'
import type { AgentRealm, AgentSettings } from '../settings.ts'
import { type Finding, type Found, ok, problem } from './report.ts'

/** The directories that could be connected to. */
export interface Directories extends AsyncDisposable {
  readonly all: readonly Directory[]
  readonly parts: Parts
}

interface Directory {
  readonly realm: AgentRealm
  /** Those that answer; none where people are in a file. */
  readonly servers: readonly InspectedServer[]
}

interface Parts {
  readonly clock: Clock
  readonly folder: string
}

type Line = Omit<Finding, 'check'>

/** Connects to each directory server, with TLS and without a name. */
export async function checkDirectories(
  { realms }: AgentSettings,
  parts: Parts,
): Promise<Found<Directories>> {
  const checked = await Promise.all(realms.map((realm) => checkDirectory(realm, parts)))
  const all = checked.flatMap(({ directory }) => directory ?? [])
  const findings = checked.flatMap((each) => each.findings)
  if (all.length === 0) return { findings }
  return { findings, value: directories(all, parts) }
}

function directories(all: readonly Directory[], parts: Parts): Directories {
  return {
    all,
    parts,
    [Symbol.asyncDispose]: async () => {
      const servers = all.flatMap((each) => each.servers)
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

async function checkDirectory(
  realm: AgentRealm,
  parts: Parts,
): Promise<{ findings: readonly Line[]; directory?: Directory }> {
  const about = `realm ${realm.name}`
  try {
    const { backend } = realm
    if (backend.type === 'file' || backend.type === 'module') {
      const log = createLog({ level: 'silent', process: 'doctor' })
      const opened = await createBackend(backend, { ...parts, log })
      if (Symbol.asyncDispose in opened) await (opened as AsyncDisposable)[Symbol.asyncDispose]()
      const what = backend.type === 'file' ? 'its file of people is right' : 'its module is loaded'
      const findings = [ok(what, about)]
      return { findings, directory: { realm, servers: [] } }
    }
    const servers = await inspect(backend, parts)
    if (servers.length === 0) {
      const advice =
        'is `domain` right, and do these DNS servers know it? `urls` names them without DNS'
      return { findings: [problem('DNS knows no domain controllers', advice, about)] }
    }
    return await connectAll(realm, servers)
  } catch (error) {
    const advice = 'mend `backend` in the settings, or the files it names'
    return { findings: [problem(asFault(error).message, advice, about)] }
  }
}

async function connectAll(realm: AgentRealm, servers: readonly InspectedServer[]) {
  const tried = await Promise.all(
    servers.map(async (server) => ({ server, failure: await server.connect() })),
  )
  const findings = tried.map(({ server: { url }, failure }) =>
    failure === undefined ? ok('connected', url) : failed(failure, url),
  )
  const answering = tried.filter(({ failure }) => failure === undefined)
  const directory = { realm, servers: answering.map(({ server }) => server) }
  return { findings, ...(answering.length > 0 && { directory }) }
}

/** Binds the service account at each server, searches for nobody, and looks for what is counted on. */
export async function checkServiceAccounts({ all }: Directories): Promise<Found<true>> {
  const nobody = { username: 'postern-doctor', localName: 'postern-doctor' }
  const servers = all.flatMap((each) => each.servers)
  const findings = await Promise.all(
    servers.map(async (server) => {
      const found = await server.find(nobody)
      if ('failure' in found) return failed(found.failure, server.url)
      const lacking = await server.shortcomings()
      if ('failure' in lacking) return failed(lacking.failure, server.url)
      const problems = lacking.value.map(({ says, advice }) => problem(says, advice, server.url))
      return problems.length > 0 ? problems : ok('is let in and may search', server.url)
    }),
  )
  if (findings.length === 0) return { findings: [ok('none is needed: people are in a file')] }
  return { findings: findings.flat() }
}

const advices: Partial<Record<UnavailableReason, string>> = {
  directoryDown: 'does it run there, and does a firewall let this machine through to it?',
  directoryTimeout: 'a firewall that swallows it, or a server that is very busy',
  overloaded: 'ask again when it has less to do',
  serviceAccount:
    '`bindDn` and the password in `bindPasswordFile`: wrong, expired, locked, or not allowed to search',
  misconfigured: '`caFile`, `startTls`, `baseDn` and `userFilter` have to fit this directory',
}

function failed({ reason, detail }: Failure, about: string): Line {
  const advice = advices[reason] ?? 'see docs/running.md for what it says'
  return problem(detail, advice, about)
}
