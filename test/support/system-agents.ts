import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Agents, openAgents } from '../../provider/agents/agents.ts'
import { createAlerts } from '../../provider/agents/alerts.ts'
import { openAuthority } from '../../provider/agents/authority-folder.ts'
import { noRedisAccess } from '../../provider/agents/redis-access.ts'
import { type ChannelKeys, fixedChannelKeys } from '../../provider/broker/channel-keys.ts'
import type { ProviderSettings } from '../../provider/settings.ts'
import { providerSettings } from '../../provider/settings-schema.ts'
import type { Carriers } from '../../shared/carriers.ts'
import { systemClock } from '../../shared/clock.ts'
import { signingKeys } from '../../shared/envelope-keys.ts'
import { openCarriers } from '../../shared/redis/carriers.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import { readSettings, resolveBeside } from '../../shared/settings.ts'

/** What a provider process of a running system has, in this process. */
export interface SystemAgents extends AsyncDisposable {
  readonly settings: ProviderSettings
  readonly carriers: Carriers
  readonly channelKeys: ChannelKeys
  readonly agents: Agents
}

/** @param system its folder, with `provider.yaml` */
export async function openSystemAgents(
  system: { readonly folder: string },
  { name, log }: { name: string; log: Logger },
): Promise<SystemAgents> {
  await using opened = new AsyncDisposableStack()
  const file = join(system.folder, 'provider.yaml')
  const settings = await readSettings(file, providerSettings)
  if (settings.redis === undefined) throw new Error('a system without Redis')
  const clock = systemClock
  const read = (named: string) => readFile(resolveBeside(file, named), 'utf8')
  const carriers = await openCarriers(settings.redis, { clock, log, name, folder: system.folder })
  opened.defer(() => carriers.close())
  const channelKeys = fixedChannelKeys(...(await signingKeys(await read(settings.channelKeyFile))))
  const dataKey = Buffer.from(await read(settings.dataKeyFile), 'base64url')
  const folder = resolveBeside(file, settings.agentAuthority.directory)
  const agents = await openAgents({
    bus: carriers.bus,
    store: sealedStore(carriers.store, dataKey, clock),
    clock,
    log,
    channelKeys,
    authority: await openAuthority(folder, clock),
    alerts: createAlerts(log),
    redisAccess: noRedisAccess,
  })
  opened.defer(() => agents.stop())
  const running = opened.move()
  return {
    settings,
    carriers,
    channelKeys,
    agents,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
