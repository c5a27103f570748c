import { isInNetworks } from '../../shared/network.ts'
import type { AgentConnection } from '../../shared/redis/agent-users.ts'
import type { AgentDirectory } from './directory.ts'
import type { QuarantineAgent } from './quarantine.ts'
import type { AgentRecord } from './record.ts'

/** Looks at who is connected to Redis: notes from where, and quarantines who may not be there. */
export type CheckNetworks = (connections: readonly AgentConnection[]) => Promise<void>

export function createCheckNetworks(parts: {
  readonly directory: Pick<AgentDirectory, 'find' | 'change'>
  readonly quarantine: QuarantineAgent
}): CheckNetworks {
  const { directory, quarantine } = parts
  return async (connections) => {
    for (const [agent, addresses] of byAgent(connections)) {
      const record = directory.find(agent)
      if (record === undefined) continue
      const { foreign, lastAddress } = seen(record, addresses)
      if (foreign !== undefined) {
        const detail = `it is connected to Redis from ${foreign}`
        await quarantine(agent, { reason: 'foreignNetwork', detail })
      }
      if (lastAddress !== record.lastAddress) {
        await directory.change(agent, (before) => ({ ...before, lastAddress }))
      }
    }
  }
}

/** PURE. A foreign address is also the one that is noted. */
export function seen(
  { networks, lastAddress }: Pick<AgentRecord, 'networks' | 'lastAddress'>,
  addresses: readonly string[],
): { foreign?: string; lastAddress: string } {
  const [first = ''] = addresses
  const foreign = addresses.find((address) => !isInNetworks(address, networks))
  if (foreign !== undefined) return { foreign, lastAddress: foreign }
  // It may have several, and which comes first is chance.
  const isStill = lastAddress !== undefined && addresses.includes(lastAddress)
  return { lastAddress: isStill ? lastAddress : first }
}

function byAgent(connections: readonly AgentConnection[]): Map<string, string[]> {
  const addresses = new Map<string, string[]>()
  for (const { agent, address } of connections) {
    addresses.set(agent, [...(addresses.get(agent) ?? []), address])
  }
  return addresses
}
