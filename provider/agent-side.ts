import type { Carriers } from '../shared/carriers.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import type { Store } from '../shared/store.ts'
import { openAgents } from './agents/agents.ts'
import type { Alerts } from './agents/alerts.ts'
import type { AuthorityFolder } from './agents/authority-folder.ts'
import { foundOut } from './agents/found-out.ts'
import { observeAgents } from './agents/observe.ts'
import { createQuarantine } from './agents/quarantine.ts'
import { openRedisAccess } from './agents/redis-access.ts'
import { keepRedisUsers } from './agents/redis-users.ts'
import { openReporting } from './agents/reporting.ts'
import { createSuccesses, type Successes } from './agents/successes.ts'
import { usedTwice } from './agents/used-twice.ts'
import { type Broker, createBroker } from './broker/broker.ts'
import type { ChannelKeys } from './broker/channel-keys.ts'
import type { Feature } from './http/feature.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { ProviderSettings } from './settings.ts'

/** The provider towards its agents: who they are, what they are asked, what is said about them. */
export interface AgentSide {
  /** Where agents enrol and renew. */
  feature(issuer: string): Feature
  readonly broker: Broker
  readonly successes: Successes
  readonly metrics: Metrics
  readonly alerts: Alerts
  stop(): Promise<void>
}

export interface AgentSideParts {
  readonly clock: Clock
  readonly log: Logger
  /** When canaries come is derived from it. */
  readonly rootSecret: Buffer
  readonly channelKeys: ChannelKeys
  readonly authority: AuthorityFolder
  /** What relative file names in the settings are relative to. */
  readonly folder: string
}

export interface AgentSideStores {
  readonly carriers: Carriers
  /** Where what nobody must read or forge is kept. */
  readonly sealed: Store
  readonly isLocal: boolean
  /** Whether somebody can sign in without an agent. */
  readonly hasBreakGlass: () => boolean
}

export async function openAgentSide(
  settings: ProviderSettings,
  parts: AgentSideParts,
  stores: AgentSideStores,
): Promise<AgentSide> {
  const { clock, log, rootSecret, channelKeys, authority, folder } = parts
  const { carriers, sealed, isLocal, hasBreakGlass } = stores
  const { bus, store, agentUsers } = carriers
  // Ended in reverse: when stopping, and when a later part cannot be made.
  await using opened = new AsyncDisposableStack()
  const reporting = await openReporting(settings, { store, clock, log, folder })
  opened.defer(() => reporting.stop())
  const { metrics, alerts } = reporting
  const { agentRedisUsers: makesUsers } = settings
  const access = { folder, clock, ...(makesUsers && agentUsers && { agentUsers }) }
  const redisAccess = await openRedisAccess(settings, access)
  const channel = { bus, clock, log, channelKeys }
  const enrolled = { store: sealed, authority, alerts, redisAccess }
  const { directory, trusted, ...agents } = await openAgents({ ...channel, ...enrolled })
  opened.defer(() => agents.stop())
  const successes = createSuccesses({ store: sealed, clock, log })
  opened.defer(() => successes.stop())
  const quarantine = createQuarantine({ directory, alerts, successes, log })
  if (agentUsers !== undefined) {
    const users = keepRedisUsers({ agentUsers, directory, quarantine, log, makesUsers })
    opened.defer(() => users.stop())
  }
  const suspect = usedTwice({ directory, quarantine })
  const { realms, canaries } = settings
  const found = foundOut({ alerts, quarantine })
  const mistrust = { realms, perHour: canaries.perHour, rootSecret, turns: sealed, ...found }
  const watching = { notices: metrics, suspect, mistrust }
  const broker = createBroker({ ...channel, store, agents: trusted, ...watching })
  opened.defer(() => broker.stop())
  const observed = { directory, broker, carriers, realms: settings.realms, isLocal, hasBreakGlass }
  const { unconfirmed } = agents
  const observing = observeAgents({ ...observed, unconfirmed, alerts, metrics, clock, log })
  opened.defer(() => observing.stop())

  const running = opened.move()
  return {
    broker,
    successes,
    metrics,
    alerts,
    feature: (issuer) => agents.feature(issuer, suspect),
    stop: () => running.disposeAsync(),
  }
}
