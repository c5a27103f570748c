import { Cluster, type Redis } from 'ioredis'
import type { Connection, Connector } from './connector.ts'

/**
 * Every server of a Redis by itself: users are not replicated, and each one knows only its own
 * connections. A cluster names its nodes, a master its replicas.
 */
export interface Servers {
  /**
   * Asks them all, each alone.
   * @returns what each answered, or why it did not
   * @throws if nobody can say which servers there are
   */
  each<T>(ask: (server: Redis) => Promise<T>): Promise<PromiseSettledResult<T>[]>
  close(): void
}

/** @param main the connection for commands, which has to be ready */
export function createServers(connector: Connector, main: () => Connection): Servers {
  const replicas = new Map<string, Redis>()

  function forget(address: string): void {
    replicas.get(address)?.disconnect()
    replicas.delete(address)
  }

  async function connected(address: string): Promise<Redis> {
    const known = replicas.get(address)
    if (known?.status === 'ready') return known
    forget(address)
    const replica = connector.openReplica(address)
    replicas.set(address, replica)
    await replica.connect()
    return replica
  }

  async function ofOne(master: Redis): Promise<(() => Promise<Redis>)[]> {
    const found = replicasIn(await master.info('replication'))
    for (const address of replicas.keys()) if (!found.includes(address)) forget(address)
    return [async () => master, ...found.map((address) => () => connected(address))]
  }

  return {
    each: async (ask) => {
      const connection = main()
      const servers =
        connection instanceof Cluster
          ? connection.nodes('all').map((node) => async () => node)
          : await ofOne(connection)
      return Promise.allSettled(servers.map(async (server) => ask(await server())))
    },
    close: () => {
      for (const address of replicas.keys()) forget(address)
    },
  }
}

/** Addresses as `redis://host:port`. */
function replicasIn(info: string): string[] {
  const lines = info.matchAll(/^slave\d+:ip=([^,]+),port=(\d+),state=online/gm)
  return [...lines].map(([, host = '', port]) => {
    return `redis://${host.includes(':') ? `[${host}]` : host}:${port}`
  })
}
