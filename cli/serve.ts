import { dirname } from 'node:path'
import { openAuthority } from '../provider/agents/authority-folder.ts'
import { type ProviderParts, type RunningProvider, startProvider } from '../provider/main.ts'
import type { ProviderSettings } from '../provider/settings.ts'
import { providerSettings } from '../provider/settings-schema.ts'
import { systemClock } from '../shared/clock.ts'
import { createLog } from '../shared/log.ts'
import { readSettings, resolveBeside } from '../shared/settings.ts'
import { followChannelKeyFile } from './channel-key-file.ts'
import { followDataKeyFile } from './data-key-file.ts'

/** A provider as its settings file says. */
export async function serve(file: string): Promise<RunningProvider> {
  const settings = await readSettings(file, providerSettings)
  return startProvider(settings, await providerParts(settings, file))
}

/** What the provider needs beside its settings; the key files are read here and nowhere else. */
export async function providerParts(
  settings: ProviderSettings,
  file: string,
): Promise<ProviderParts> {
  const log = createLog({ level: settings.log.level, process: 'provider' })
  // Whoever follows a file keeps the process running, also one that cannot start.
  await using opened = new AsyncDisposableStack()
  const dataKeys = await followDataKeyFile(resolveBeside(file, settings.dataKeyFile), log)
  opened.defer(() => dataKeys.stop())
  const channelKeys = await followChannelKeyFile(resolveBeside(file, settings.channelKeyFile), log)
  opened.defer(() => channelKeys.stop())
  const authorityFolder = resolveBeside(file, settings.agentAuthority.directory)
  const authority = await openAuthority(authorityFolder, systemClock)
  opened.move()
  return { clock: systemClock, log, dataKeys, channelKeys, authority, folder: dirname(file) }
}
