import type { Clock } from '../shared/clock.ts'
import type { Proxy } from '../shared/proxy.ts'

/** Whether the proxy lets us out, by what has come of the last tunnel to each server. */
export interface ProxyWatch {
  /** To be used in place of the one that is watched. */
  readonly proxy: Proxy
  isDown(): boolean
}

// Milliseconds. Redis is tried again within seconds and the provider within five minutes, so what is
// older is about a server that is asked for no more.
const remembered = 10 * 60_000

export function watchProxy(proxy: Proxy, clock: Clock): ProxyWatch {
  const failedAt = new Map<string, number>()
  return {
    proxy: {
      ...proxy,
      onTunnel: (server, isOpen) => {
        if (isOpen) failedAt.delete(server)
        else failedAt.set(server, clock.now())
      },
    },
    isDown: () => {
      const now = clock.now()
      return [...failedAt.values()].some((at) => now - at < remembered)
    },
  }
}
