import { dirname } from 'node:path'
import type { AgentAdministration } from '../provider/agents/administration.ts'
import { openAdministration } from '../provider/agents/agents.ts'
import { createAlerts } from '../provider/agents/alerts.ts'
import { openAuthority } from '../provider/agents/authority-folder.ts'
import type { AgentRecord } from '../provider/agents/record.ts'
import type { AgentsStatus } from '../provider/agents/status.ts'
import { readSuccesses, type Success } from '../provider/agents/successes.ts'
import { fixedChannelKeys } from '../provider/broker/channel-keys.ts'
import { openSealedStore } from '../provider/data-key/sealed-store-of.ts'
import type { ProviderSettings } from '../provider/settings.ts'
import { providerSettings } from '../provider/settings-schema.ts'
import { systemClock } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import { createLog } from '../shared/log.ts'
import { openCarriers } from '../shared/redis/carriers.ts'
import { readSettings, resolveBeside } from '../shared/settings.ts'
import { readDataKeys, readSigningKeys } from './key-file.ts'
import { statusNow } from './status-now.ts'

/** What an admin's command has of the agents: the same that the provider's processes have. */
export interface AgentsConsole {
  readonly settings: ProviderSettings
  readonly administration: AgentAdministration
  /** @throws Fault `unknownAgent` */
  readonly find: (name: string) => AgentRecord
  /** How things stand at this moment; listens for two seconds. */
  readonly status: () => Promise<AgentsStatus>
  /** Whom an agent has let in within 24 hours, newest first. */
  readonly letIn: (name: string) => Promise<readonly Success[]>
}

/**
 * Opens the provider's Redis with its keys, as its settings say, for one command.
 * @throws Fault `settings`, `storeDown`
 */
export async function withAgents<T>(
  config: string,
  use: (agents: AgentsConsole) => Promise<T>,
): Promise<T> {
  const settings = await readSettings(config, providerSettings)
  await using opened = new AsyncDisposableStack()
  return await use(await openConsole(settings, config, opened))
}

async function openConsole(
  settings: ProviderSettings,
  config: string,
  opened: AsyncDisposableStack,
): Promise<AgentsConsole> {
  if (settings.redis === undefined) throw new Fault('settings', `${config}: redis is missing`)
  const clock = systemClock
  const beside = (name: string) => resolveBeside(config, name)
  const [dataKeys, keys, authority] = await Promise.all([
    readDataKeys(beside(settings.dataKeyFile)),
    readSigningKeys(beside(settings.channelKeyFile)),
    openAuthority(beside(settings.agentAuthority.directory), clock),
  ])
  const log = createLog({ level: 'silent', process: 'agents' })
  const carrying = { clock, log, folder: dirname(config), name: 'agents' }
  const carriers = await openCarriers(settings.redis, carrying)
  opened.defer(() => carriers.close())
  const { bus, store } = carriers
  const sealed = await openSealedStore(store, dataKeys, clock)
  const administration = await openAdministration({
    bus,
    store: sealed,
    clock,
    log,
    channelKeys: fixedChannelKeys(...keys),
    authority,
    alerts: createAlerts(log),
    realms: settings.realms.map(({ name }) => name),
  })
  opened.defer(() => administration.stop())
  return {
    settings,
    administration,
    find: (name) => {
      const found = administration.list().find((one) => one.name === name)
      if (found !== undefined) return found
      throw new Fault('unknownAgent', `there is no agent ${name}`)
    },
    letIn: (name) => readSuccesses({ store: sealed, clock }, name),
    status: () =>
      statusNow({ administration, authority: authority.authority, carriers, clock, settings }),
  }
}
