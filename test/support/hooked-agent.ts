import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { startAgent } from '../../agent/main.ts'
import { agentSettings } from '../../agent/settings-schema.ts'
import { openAuthority } from '../../provider/agents/authority-folder.ts'
import { systemClock } from '../../shared/clock.ts'
import { createLog } from '../../shared/log.ts'
import { readSettings } from '../../shared/settings.ts'
import { certify } from './certify.ts'
import type { Directory } from './channel.ts'
import type { System } from './start-system.ts'

/**
 * An agent whose check of passwords somebody has replaced, as a hook in its process does, or a thief
 * who runs our software with a stolen identity. All else of it is the true thing: identity folder,
 * keys, certificate, Redis.
 */
export interface HookedAgent extends AsyncDisposable {
  /** User names of the questions that it could read. */
  readonly asked: readonly string[]
}

/** @param file its settings, in the folder of the system */
export async function startHookedAgent(
  { folder }: { readonly folder: string },
  file: string,
  says: Directory,
): Promise<HookedAgent> {
  const asked: string[] = []
  const verify: Directory = (credentials) => {
    asked.push(credentials.username)
    return says(credentials)
  }
  const agent = await startAgent(await readSettings(join(folder, file), agentSettings), {
    clock: systemClock,
    log: createLog({ level: 'silent', process: 'test' }),
    folder,
    createBackend: async () => ({ verify }),
  })
  return { asked, [Symbol.asyncDispose]: () => agent.stop() }
}

/**
 * Another agent of the system, certified for these realms, with the settings of the first one; it
 * does not run.
 * @returns its settings file
 */
export async function addAgent(
  { folder, issuer }: Pick<System, 'folder' | 'issuer'>,
  name: string,
  realms: readonly string[],
): Promise<string> {
  const { authority } = await openAuthority(join(folder, 'authority'), systemClock)
  const [settings, provider] = await Promise.all([
    readFile(join(folder, 'agent-1.yaml'), 'utf8'),
    readFile(join(folder, 'agent-1', 'provider.json'), 'utf8'),
  ])
  const { providerKeys } = JSON.parse(provider) as { providerKeys: string[] }
  const agent = await certify(authority, name, realms)
  await agent.write(join(folder, name), { issuer, channelKey: providerKeys[0] ?? '' })
  const file = `${name}.yaml`
  const changed = { ...(parse(settings) as object), name, identityDirectory: name }
  await writeFile(join(folder, file), stringify(changed))
  return file
}
