import type { Redis } from 'ioredis'
import { Fault } from '../fault.ts'
import type { Logger } from '../log.ts'
import { type AgentUser, agentOf } from './agent-acl.ts'
import type { RedisClient } from './client.ts'
import { createMendUsers } from './mend-users.ts'
import { commandFault, reason } from './refusal.ts'

/** The users of Redis that agents log in as, on every server there is. */
export interface AgentUsers {
  /**
   * Resolves once a server has the user; others that are out of reach get it by `repair`.
   * @throws Fault `settings` if we have no right to, `storeDown`
   */
  ensure(user: AgentUser): Promise<void>
  /** Its connections end with it. @throws as `ensure` */
  remove(agent: string): Promise<void>
  /**
   * Makes what is missing or has been changed, and removes what must not be there. Other users are
   * left alone: they may be somebody else's.
   * @throws as `ensure`, also if it is one server alone that fails
   */
  repair(wanted: readonly AgentUser[], unwanted: readonly string[]): Promise<void>
  /** Which agents are connected to servers in reach, and from where, each once. @throws as `ensure` */
  connections(): Promise<readonly AgentConnection[]>
}

export interface AgentConnection {
  readonly agent: string
  /** As Redis sees it; of an agent behind a proxy, the proxy's. */
  readonly address: string
}

export function createAgentUsers(client: RedisClient, log: Logger): AgentUsers {
  const { address, prefix, servers } = client
  const mend = createMendUsers(prefix, log)

  async function onAll<T>(
    ask: (server: Redis) => Promise<T>,
    may: { fail: boolean },
  ): Promise<T[]> {
    const answers = await servers.each(ask).catch((error: unknown) => {
      throw commandFault('storeDown', address, error)
    })
    const had = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (failed !== undefined && !(may.fail && had.length > 0)) throw refusal(address, failed.reason)
    return had
  }

  return {
    ensure: async (user) => {
      await onAll((server) => mend(server, [user], []), { fail: true })
    },
    remove: async (agent) => {
      await onAll((server) => mend(server, [], [agent]), { fail: true })
    },
    repair: async (wanted, unwanted) => {
      await onAll((server) => mend(server, wanted, unwanted), { fail: false })
    },
    connections: async () => {
      const lists = await onAll((server) => server.call('CLIENT', 'LIST'), { fail: true })
      const found = lists.flatMap((list) => connectionsIn(String(list)))
      return [...new Map(found.map((each) => [`${each.agent} ${each.address}`, each])).values()]
    },
  }
}

/** Of the lines that `CLIENT LIST` gives. */
export function connectionsIn(list: string): AgentConnection[] {
  return list.split('\n').flatMap((line) => {
    const [, address] = / addr=(\S+):\d+ /.exec(line) ?? []
    const [, user = ''] = / user=(\S+)/.exec(line) ?? []
    const agent = agentOf(user)
    if (address === undefined || agent === undefined) return []
    return [{ agent, address: address.replace(/^\[(.*)\]$/, '$1') }]
  })
}

function refusal(address: string, thrown: unknown): Fault {
  if (!reason(thrown).startsWith('NOPERM')) return commandFault('storeDown', address, thrown)
  const advice = 'give the provider the rights that docs/running.md lists, or set agentRedisUsers'
  return new Fault(
    'settings',
    `Redis at ${address} does not let us make users for agents: ${advice}: false`,
    { cause: thrown },
  )
}
