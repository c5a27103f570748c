import { dirname } from 'node:path'
import { createBackend } from '../../agent/backends/registry.ts'
import type { AgentSettings } from '../../agent/settings.ts'
import { checkClients } from '../../provider/oidc/check-clients.ts'
import type { ProviderSettings } from '../../provider/settings.ts'
import { systemClock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { createLog } from '../../shared/log.ts'
import { readAccess } from '../../shared/redis/access.ts'
import type { Finding } from '../../shared/settings/findings.ts'
import { SettingsFault, type SettingsProblem } from '../../shared/settings/problem.ts'
import { resolveBeside } from '../../shared/settings.ts'
import { readDataKey, readSigningKey } from '../key-file.ts'
import type { FileKind } from './file-kinds.ts'

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
  if (kind === 'provider') return problemsOf(providerFiles(file, settings as ProviderSettings))
  if (kind === 'agent') return problemsOf(agentFiles(file, settings as AgentSettings))
  return []
}

type Opening = readonly [path: Finding['path'], open: () => Promise<unknown>]

function providerFiles(file: string, settings: ProviderSettings): readonly Opening[] {
  const { dataKeyFile, channelKeyFile, redis, clientsDirectory, resources } = settings
  return [
    [['dataKeyFile'], () => readDataKey(resolveBeside(file, dataKeyFile))],
    [['channelKeyFile'], () => readSigningKey(resolveBeside(file, channelKeyFile))],
    [['redis'], async () => redis && readAccess(redis, dirname(file))],
    [
      ['clientsDirectory'],
      async () => {
        const problems = await checkClients(resolveBeside(file, clientsDirectory), resources)
        if (problems.length > 0) throw new SettingsFault(problems)
      },
    ],
  ]
}

function agentFiles(file: string, settings: AgentSettings): readonly Opening[] {
  const { identityKeyFile, redis, realms } = settings
  const folder = dirname(file)
  const parts = {
    clock: systemClock,
    folder,
    log: createLog({ level: 'silent', process: 'check' }),
  }
  return [
    [['identityKeyFile'], () => readSigningKey(resolveBeside(file, identityKeyFile))],
    [['redis'], async () => redis && readAccess(redis, folder)],
    ...realms.map(({ backend }, at): Opening => {
      const open = async (): Promise<void> => {
        const opened = await createBackend(backend, parts)
        if (Symbol.asyncDispose in opened) await (opened as AsyncDisposable)[Symbol.asyncDispose]()
      }
      return [['realms', at, 'backend'], open]
    }),
  ]
}

async function problemsOf(openings: readonly Opening[]): Promise<NamedFileProblem[]> {
  const found = await Promise.all(
    openings.map(async ([path, open]): Promise<readonly NamedFileProblem[]> => {
      try {
        await open()
        return []
      } catch (thrown) {
        if (thrown instanceof SettingsFault) return thrown.problems
        if (thrown instanceof Fault) return [{ path, message: thrown.message }]
        throw thrown
      }
    }),
  )
  return found.flat()
}
