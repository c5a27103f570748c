import { dirname } from 'node:path'
import { z } from 'zod'
import { createBackend } from '../../agent/backends/registry.ts'
import type { BackendSettings } from '../../agent/backends/settings.ts'
import { readIdentity } from '../../agent/identity/stored-identity.ts'
import type { AgentSettings } from '../../agent/settings.ts'
import { readPolicyFolder } from '../../provider/access/policy-folder.ts'
import { openAuthority } from '../../provider/agents/authority-folder.ts'
import { checkClients } from '../../provider/oidc/clients/check-clients.ts'
import { openRiskModule } from '../../provider/risk/module.ts'
import type { RiskSettings } from '../../provider/risk/settings.ts'
import type { ProviderSettings } from '../../provider/settings.ts'
import { systemClock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { createLog } from '../../shared/log.ts'
import { readAccess } from '../../shared/redis/access.ts'
import type { Finding } from '../../shared/settings/findings.ts'
import { SettingsFault, type SettingsProblem } from '../../shared/settings/problem.ts'
import { resolveBeside } from '../../shared/settings.ts'
import type { FileKind } from './file-kinds.ts'
import { type Opening, openingsIn } from './openings.ts'

/** Something wrong with a file that a setting names: at that setting, or in that file. */
export type NamedFileProblem = Finding | SettingsProblem

/**
 * Opens what settings name as their process would at its start: keys, passwords, certificates,
 * people, apps. Nothing is connected to.
 */
export async function checkNamedFiles(
  kind: FileKind,
  file: string,
  settings: unknown,
): Promise<readonly NamedFileProblem[]> {
  const sections = sectionsOf(kind, file, settings)
  if (sections.length === 0) return []
  const single = await failuresOf(openingsIn(file, settings))
  // A section opens its files once more, and would say of the first bad one what has been said.
  const sound = sections.filter(({ path }) => !single.some((failed) => isWithin(failed.path, path)))
  return [...single, ...(await failuresOf(sound))].flatMap(problemsOf)
}

/**
 * The same of settings that are wrong elsewhere, as far as one setting is enough to open what it
 * names: keys, passwords, certificates, the authority, an agent's identity.
 */
export async function checkSingleFiles(
  kind: FileKind,
  file: string,
  settings: unknown,
): Promise<readonly Finding[]> {
  if (kind !== 'provider' && kind !== 'agent') return []
  const failed = await failuresOf([...openingsIn(file, settings), ...foldersIn(file, settings)])
  return failed.map(({ path, fault }) => ({ path, message: fault.message }))
}

const folders: z.ZodType<{ agentAuthority?: { directory: string }; identityDirectory?: string }> =
  z.object({
    agentAuthority: z.object({ directory: z.string() }).exactOptional().catch({ directory: '' }),
    identityDirectory: z.string().exactOptional().catch(''),
  })

/** Folders that are opened by their name alone. */
function foldersIn(file: string, settings: unknown): readonly Opening[] {
  const { agentAuthority, identityDirectory } = folders.safeParse(settings).data ?? {}
  const at = (path: Finding['path'], name: string | undefined, open: Open): readonly Opening[] =>
    name === undefined || name === '' ? [] : [{ path, open: () => open(resolveBeside(file, name)) }]
  return [
    ...at(['agentAuthority', 'directory'], agentAuthority?.directory, (folder) =>
      openAuthority(folder, systemClock),
    ),
    ...at(['identityDirectory'], identityDirectory, readIdentity),
  ]
}

type Open = (folder: string) => Promise<unknown>

function sectionsOf(kind: FileKind, file: string, settings: unknown): readonly Opening[] {
  if (kind === 'provider') return providerSections(file, settings as ProviderSettings)
  return kind === 'agent' ? agentSections(file, settings as AgentSettings) : []
}

function providerSections(file: string, settings: ProviderSettings): readonly Opening[] {
  const { redis, agentAuthority, clientsDirectory, policiesDirectory, resources } = settings
  const terms = settings.termsOfUse.map(({ name }) => name)
  const strengths = settings.authenticationStrengths.map(({ name }) => name)
  const directory = resolveBeside(file, clientsDirectory)
  const openClients = async (): Promise<void> => {
    const problems = await checkClients(directory, resources)
    if (problems.length > 0) throw new SettingsFault(problems)
  }
  return [
    { path: ['redis'], open: async () => redis && readAccess(redis, dirname(file)) },
    {
      path: ['agentAuthority', 'directory'],
      open: () => openAuthority(resolveBeside(file, agentAuthority.directory), systemClock),
    },
    { path: ['clientsDirectory'], open: openClients, target: directory },
    ...(policiesDirectory === undefined
      ? []
      : [policies(resolveBeside(file, policiesDirectory), { terms, strengths })]),
    { path: ['risk', 'module'], open: () => openAndCloseRisk(settings.risk, dirname(file)) },
  ]
}

async function openAndCloseRisk(risk: RiskSettings | undefined, folder: string): Promise<void> {
  if (risk === undefined) return
  const log = createLog({ level: 'silent', process: 'check' })
  const opened = await openRiskModule(risk, { clock: systemClock, folder, log })
  await opened.stop()
}

function policies(
  target: string,
  named: { terms: readonly string[]; strengths: readonly string[] },
): Opening {
  const open = async (): Promise<void> => {
    const { problems } = await readPolicyFolder(target, { now: systemClock.now(), ...named })
    if (problems.length > 0) throw new SettingsFault(problems)
  }
  return { path: ['policiesDirectory'], open, target }
}

function agentSections(
  file: string,
  { redis, identityDirectory, realms }: AgentSettings,
): readonly Opening[] {
  const folder = dirname(file)
  const openIdentity = () => readIdentity(resolveBeside(file, identityDirectory))
  return [
    { path: ['redis'], open: async () => redis && readAccess(redis, folder) },
    { path: ['identityDirectory'], open: openIdentity },
    ...realms.map(({ backend }, at): Opening => {
      const path = ['realms', at, 'backend']
      const open = (): Promise<void> => openAndClose(backend, folder)
      if (backend.type !== 'file') return { path, open }
      return { path: [...path, 'file'], open, target: resolveBeside(file, backend.file) }
    }),
  ]
}

async function openAndClose(backend: BackendSettings, folder: string): Promise<void> {
  const log = createLog({ level: 'silent', process: 'check' })
  const opened = await createBackend(backend, { clock: systemClock, folder, log })
  if (Symbol.asyncDispose in opened) await (opened as AsyncDisposable)[Symbol.asyncDispose]()
}

interface Failure extends Opening {
  readonly fault: Fault
}

async function failuresOf(openings: readonly Opening[]): Promise<readonly Failure[]> {
  const found = await Promise.all(
    openings.map(async (opening): Promise<readonly Failure[]> => {
      try {
        await opening.open()
        return []
      } catch (thrown) {
        if (thrown instanceof Fault) return [{ ...opening, fault: thrown }]
        throw thrown
      }
    }),
  )
  return found.flat()
}

function problemsOf({ path, target, fault }: Failure): readonly NamedFileProblem[] {
  if (!(fault instanceof SettingsFault)) return [{ path, message: fault.message }]
  // What is wrong with the named file as a whole, such as that it is not there, has no line in it.
  return fault.problems.map((problem) =>
    problem.line === 0 && problem.file === target
      ? { path, message: `${problem.file}: ${problem.message}` }
      : problem,
  )
}

function isWithin(path: Finding['path'], section: Finding['path']): boolean {
  return section.every((name, depth) => path[depth] === name)
}
