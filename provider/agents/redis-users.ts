import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { AgentUsers } from '../../shared/redis/agent-users.ts'
import { type CheckNetworks, createCheckNetworks } from './check-networks.ts'
import type { AgentDirectory } from './directory.ts'
import { keepLooking } from './keep-looking.ts'
import type { QuarantineAgent } from './quarantine.ts'
import type { AgentRecord } from './record.ts'

/** The user that each agent has in Redis, which may do what an agent does and nothing else. */
export interface RedisUsers {
  /**
   * Resolves once Redis knows the user, on every server.
   * @throws Fault `settings` if the provider may not make users, `storeDown`
   */
  ensure(agent: { readonly name: string; readonly passwordHash: string }): Promise<void>
  /** Its connections end. @throws as `ensure` */
  remove(name: string): Promise<void>
}

// Milliseconds. A Redis that was restarted knows no users, and agents wait for theirs.
const every = 2_000

/**
 * Puts back the users of agents that Redis has lost, ends those of agents that have been revoked,
 * and looks where agents come from; now and then, and at each change of what is known of them.
 */
export function keepRedisUsers(parts: {
  readonly agentUsers: AgentUsers
  readonly directory: AgentDirectory
  readonly quarantine: QuarantineAgent
  readonly log: Logger
  /** Not, if it is the admin who makes them. */
  readonly makesUsers: boolean
}): { stop(): Promise<void> } {
  const { agentUsers, directory, log, makesUsers } = parts
  const checkNetworks: CheckNetworks = createCheckNetworks(parts)
  const repairing = saysOnce(log, "agents' users of Redis cannot be kept", async () => {
    const { wanted, unwanted } = usersFor(directory.all())
    await agentUsers.repair(wanted, unwanted)
  })
  const checking = saysOnce(log, 'it cannot be seen where agents come from', async () => {
    await checkNetworks(await agentUsers.connections())
  })
  if (!makesUsers) log.warn(byHand)

  async function look(): Promise<void> {
    if (makesUsers) await repairing()
    await checking()
  }

  const looking = keepLooking(look, every, log)
  directory.onNews(() => looking.now())
  return { stop: () => looking.stop() }
}

const byHand =
  "agentRedisUsers is false: agents' users of Redis are the admin's to make, and to end when an agent is revoked"

/** PURE. */
function usersFor(records: readonly AgentRecord[]): {
  wanted: { name: string; passwordHash: string }[]
  unwanted: string[]
} {
  const wanted = records
    .filter((record) => !isRevoked(record))
    .flatMap(({ name, redisPasswordHash: passwordHash }) =>
      // Not known after everything was lost but the certificate; what Redis has still holds.
      passwordHash === undefined ? [] : [{ name, passwordHash }],
    )
  return { wanted, unwanted: records.filter(isRevoked).map(({ name }) => name) }
}

/** Redis is asked again and again; an operator wants to hear of a trouble once, and of its end. */
function saysOnce(log: Logger, what: string, act: () => Promise<void>): () => Promise<void> {
  let said: string | undefined
  return async () => {
    try {
      await act()
      if (said !== undefined) log.info(`no longer: ${what}`)
      said = undefined
    } catch (thrown) {
      const { code, message } = asFault(thrown)
      if (message !== said) log.warn({ faultCode: code, detail: message }, what)
      said = message
    }
  }
}

function isRevoked({ state }: AgentRecord): boolean {
  return state === 'revoked'
}
