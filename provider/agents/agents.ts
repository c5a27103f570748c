import type { Bus } from '../../shared/bus.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import type { TrustedAgents } from '../broker/agents.ts'
import type { ChannelKeys } from '../broker/channel-keys.ts'
import type { Suspect } from '../broker/clone-watch.ts'
import type { Feature } from '../http/feature.ts'
import { type AgentAdministration, createAdministration } from './administration.ts'
import type { Alerts } from './alerts.ts'
import { createAnswering } from './answer.ts'
import type { AuthorityFolder } from './authority-folder.ts'
import { type AgentDirectory, openDirectory } from './directory.ts'
import { createEnrolment } from './enrolment.ts'
import { createInvitations } from './invitations.ts'
import { announceProcess, hearProcesses } from './presence.ts'
import type { RedisAccess } from './redis-access.ts'
import { newestOf } from './signed-by-us.ts'
import { createTrustedAgents } from './trusted-agents.ts'
import { watchConfirmations } from './unconfirmed.ts'

/** The agents, for a process of the provider. */
export interface Agents {
  readonly directory: AgentDirectory
  readonly trusted: TrustedAgents
  /**
   * Where agents enrol and renew.
   * @param suspect told of one whose identity was copied
   */
  feature(issuer: string, suspect: Suspect): Feature
  /** Names of processes that do not know of the same revocations; asked about once a second. */
  readonly unconfirmed: () => readonly string[]
  stop(): Promise<void>
}

export interface AgentsParts {
  readonly bus: Bus
  /** Sealed. */
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly channelKeys: ChannelKeys
  readonly authority: AuthorityFolder
  readonly alerts: Alerts
}

/** @throws Fault `storeDown`, and `settings` if the authority's folder cannot be read */
export async function openAgents(
  parts: AgentsParts & { readonly redisAccess: RedisAccess },
): Promise<Agents> {
  const { clock, channelKeys } = parts
  const { authority } = parts.authority
  const shared = await openShared(parts)
  const { directory } = shared
  const announcing = announceProcess({ ...parts, directory })
  return {
    directory,
    trusted: createTrustedAgents({ authority, directory, clock }),
    unconfirmed: watchConfirmations({ ...shared, clock }),
    feature: (issuer, suspect) => {
      const answering = createAnswering({ channelKeys, clock })
      const enrolling = { authority, answering, issuer, suspect }
      return createEnrolment({ ...parts, ...shared, ...enrolling })
    },
    stop: async () => {
      await announcing.stop()
      await shared.stop()
    },
  }
}

/** What admins do with agents, for a process that is no provider: the command line. */
export async function openAdministration(
  parts: AgentsParts & { readonly realms: readonly string[] },
): Promise<AgentAdministration & { stop(): Promise<void> }> {
  const shared = await openShared(parts)
  return { ...createAdministration({ ...parts, ...shared }), stop: () => shared.stop() }
}

async function openShared(parts: AgentsParts) {
  const { channelKeys, authority } = parts
  const directory = await openDirectory({ ...parts, journal: authority.journal })
  const processes = hearProcesses({ ...parts, directory })
  const channelKey = () => newestOf(channelKeys).publicKey
  const invitations = createInvitations({ ...parts, channelKey })
  return {
    directory,
    processes,
    invitations,
    stop: async () => {
      await processes.stop()
      await directory.stop()
    },
  }
}
