import { Resolver } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { callbackify } from 'node:util'

/** What a directory's own DNS is asked for. */
export interface Dns {
  /** Hosts of a service (RFC 2782), the preferred ones first; empty if there is no such service. */
  services(name: string): Promise<readonly Service[]>
  /** Finds the addresses of those hosts for sockets. */
  readonly lookup: LookupFunction
}

export interface Service {
  readonly host: string
  readonly port: number
}

// Milliseconds, and how often: a question is repeated at the next server.
const timeout = 1_000
const tries = 2

/** @param servers addresses, with a port if it is not 53; none for those of this machine */
export function createDns(servers: readonly string[]): Dns {
  const resolver = new Resolver({ timeout, tries })
  if (servers.length > 0) resolver.setServers([...servers])

  async function addressesOf(host: string): Promise<{ address: string; family: number }[]> {
    const [four, six] = await Promise.all([
      resolver.resolve4(host).catch(nothing),
      resolver.resolve6(host).catch(nothing),
    ])
    return [
      ...four.map((address) => ({ address, family: 4 })),
      ...six.map((address) => ({ address, family: 6 })),
    ]
  }

  const find = callbackify(addressesOf)
  return {
    services: async (name) => {
      const found = await resolver.resolveSrv(name).catch(noneThere)
      return found
        .toSorted((one, other) => one.priority - other.priority || other.weight - one.weight)
        .map(({ name: host, port }) => ({ host, port }))
    },
    lookup: (host, { all }, callback) =>
      find(host, (_error, addresses) => {
        const [first] = addresses
        if (first === undefined) callback(new Error('ENOTFOUND'), '')
        else if (all) callback(null, addresses)
        else callback(null, first.address, first.family)
      }),
  }
}

const nothing = (): string[] => []

// There is such a name, or there is none: both are answers. A server that cannot be reached is not.
function noneThere(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') return []
  throw error
}
