import type { Logger } from 'pino'
import { type Agents, openAgents } from '../../provider/agents/agents.ts'
import { createAlerts } from '../../provider/agents/alerts.ts'
import type { AuthorityFolder } from '../../provider/agents/authority-folder.ts'
import { noRedisAccess } from '../../provider/agents/redis-access.ts'
import type { ChannelKeys } from '../../provider/broker/channel-keys.ts'
import { createMemoryBus } from '../../shared/bus-memory.ts'
import type { Clock } from '../../shared/clock.ts'
import { createMemoryStore } from '../../shared/store-memory.ts'

/** The agents as a provider knows them, over carriers of their own that nobody meddles with. */
export function openMemoryAgents(parts: {
  authority: AuthorityFolder
  channelKeys: ChannelKeys
  clock: Clock
  log: Logger
}): Promise<Agents> {
  return openAgents({
    ...parts,
    bus: createMemoryBus(),
    store: createMemoryStore(parts.clock),
    alerts: createAlerts(parts.log),
    redisAccess: noRedisAccess,
  })
}
