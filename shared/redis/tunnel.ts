import { Socket } from 'node:net'
import { AbstractConnector, type RedisOptions } from 'ioredis'
import { openTls, type Proxy, reach, type Server, tunnelWithin } from '../proxy.ts'

/**
 * Redis through an HTTP proxy. ioredis knows none, but takes a maker of connections, whose
 * constructor it calls with its own options; that is why there are classes here.
 */
export type Tunnels = NonNullable<RedisOptions['Connector']>

/**
 * @param find which server is meant, asked at each new connection; that of the options unless given
 */
export function tunnelsThrough(proxy: Proxy, find?: () => Promise<Server>): Tunnels {
  return class extends AbstractConnector {
    readonly #options: RedisOptions
    #stopped = new AbortController()

    constructor(options: unknown) {
      const known = options as RedisOptions
      super(known.disconnectTimeout ?? 2_000)
      this.#options = known
    }

    override async connect(): Promise<Socket> {
      const { host = 'localhost', port = 6_379, tls } = this.#options
      this.connecting = true
      this.#stopped = new AbortController()
      const { signal } = this.#stopped
      try {
        const server = (await find?.()) ?? { host, port }
        const stream = await connection(proxy, { server, tls, signal })
        this.stream = stream
        return stream
      } catch (error) {
        // Told to stop: so it shall be. Otherwise ioredis must not learn of it by a rejection, upon
        // which it never tries again, but by a connection that broke.
        if (!this.connecting) throw error
        this.firstError = error instanceof Error ? error : new Error(String(error))
        return new Socket().destroy()
      }
    }

    override disconnect(): void {
      super.disconnect()
      this.#stopped.abort()
    }
  }
}

async function connection(
  proxy: Proxy,
  to: { server: Server; tls: RedisOptions['tls']; signal: AbortSignal },
): Promise<Socket> {
  const { server, tls } = to
  const signal = AbortSignal.any([to.signal, AbortSignal.timeout(tunnelWithin)])
  signal.throwIfAborted()
  const socket = await reach(proxy, server, signal)
  return tls === undefined ? socket : openTls(socket, server, { ...tls, signal })
}
