import { dirname } from 'node:path'
import {
  type AgentAdministration,
  createAdministration,
} from '../provider/agents/administration.ts'
import { createAlerts } from '../provider/agents/alerts.ts'
import { openAuthority } from '../provider/agents/authority-folder.ts'
import { openDirectory } from '../provider/agents/directory.ts'
import { createInvitations } from '../provider/agents/invitations.ts'
import { hearProcesses } from '../provider/agents/presence.ts'
import type { AgentRecord } from '../provider/agents/record.ts'
import { createTrustedAgents } from '../provider/agents/trusted-agents.ts'
import { fixedChannelKeys } from '../provider/broker/channel-keys.ts'
import type { ProviderSettings } from '../provider/settings.ts'
import { providerSettings } from '../provider/settings-schema.ts'
import { systemClock } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import { createLog } from '../shared/log.ts'
import { openCarriers } from '../shared/redis/carriers.ts'
import { sealedStore } from '../shared/sealed-store.ts'
import { readSettings, resolveBeside } from '../shared/settings.ts'
import { type HeardAgent, hearAgents } from './heard-agents.ts'
import { readDataKey, readSigningKeys } from './key-file.ts'

/** What an admin's command has of the agents: the same that the provider's processes have. */
export interface AgentsConsole {
  readonly settings: ProviderSettings
  readonly administration: AgentAdministration
  /** @throws Fault `unknownAgent` */
  find(name: string): AgentRecord
  /** How those that run are at this moment; listens for two seconds. */
  hear(): Promise<ReadonlyMap<string, HeardAgent>>
}

/**
 * Opens the provider's Redis with its data key, as its settings say, for one command.
 * @throws Fault `settings`, `storeDown`
 */
export async function withAgents<T>(
  config: string,
  use: (agents: AgentsConsole) => Promise<T>,
): Promise<T> {
  const settings = await readSettings(config, providerSettings)
  await using opened = new AsyncDisposableStack()
  return use(await openConsole(settings, config, opened))
}

async function openConsole(
  settings: ProviderSettings,
  config: string,
  opened: AsyncDisposableStack,
): Promise<AgentsConsole> {
  if (settings.redis === undefined) throw new Fault('settings', `${config}: redis is missing`)
  const clock = systemClock
  const beside = (name: string) => resolveBeside(config, name)
  const [dataKey, keys, { authority, journal }] = await Promise.all([
    readDataKey(beside(settings.dataKeyFile)),
    readSigningKeys(beside(settings.channelKeyFile)),
    openAuthority(beside(settings.agentAuthority), clock),
  ])
  const log = createLog({ level: 'silent', process: 'agents' })
  const carrying = { clock, log, folder: dirname(config), name: 'agents' }
  const { bus, store: plain, close } = await openCarriers(settings.redis, carrying)
  opened.defer(close)
  const store = sealedStore(plain, dataKey, clock)
  const common = { store, bus, clock, log, channelKeys: fixedChannelKeys(...keys) }
  const directory = await openDirectory({ ...common, journal })
  opened.defer(() => directory.stop())
  const processes = hearProcesses({ ...common, directory })
  opened.defer(() => processes.stop())
  const agents = createTrustedAgents({ authority, directory, clock })
  const invitations = createInvitations({ store, clock, channelKey: () => keys[0].publicKey })
  const realms = settings.realms.map(({ name }) => name)
  const alerts = createAlerts(log)
  const parts = { directory, invitations, processes, alerts, clock, realms }
  return {
    settings,
    administration: createAdministration(parts),
    find: (name) => {
      const found = directory.find(name)
      if (found !== undefined) return found
      throw new Fault('unknownAgent', `there is no agent ${name}`)
    },
    hear: () => {
      const running = directory.all().filter(({ state }) => state !== 'revoked')
      return hearAgents(
        { bus, agents, clock },
        running.map(({ name }) => name),
      )
    },
  }
}
