import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { Clock } from '../clock.ts'
import type { Proxy } from '../proxy.ts'
import { type Access, readAccess } from './access.ts'
import { backoff } from './backoff.ts'
import { createMasterFinder } from './find-master.ts'
import type { RedisSettings } from './settings.ts'
import { tunnelsThrough } from './tunnel.ts'

/** One server, or all of a cluster behind the same commands. */
export type Connection = Redis | Cluster

/** Makes connections to the Redis of the settings, all of them alike but for their purpose. */
export interface Connector {
  /** For people: hosts and ports, and never a password. */
  readonly address: string
  /**
   * A connection that is yet to be begun with `connect()`.
   * @param silence milliseconds without an answer after which it is given up and made anew
   */
  open(silence: number): Connection
  /** The same to one server that stands behind that of the settings; it is tried once. */
  openReplica(address: string): Redis
}

/**
 * @param parts.folder what relative file names are relative to
 * @param parts.name who connects, as `CLIENT LIST` will show it
 * @param parts.proxy every connection goes through, unless it is told to go around
 * @throws Fault `settings` if a file or an environment variable cannot be read
 */
export async function createConnector(
  settings: RedisSettings,
  parts: { clock: Clock; folder: string; name: string; proxy?: Proxy | undefined },
): Promise<Connector> {
  const { clock, folder, name, proxy } = parts
  const access = await readAccess(settings, folder)
  const retryStrategy = (times: number) => backoff(times, clock)
  const optionsWith = (silence: number): Options => ({
    ...failsFast,
    ...access.login,
    ...(access.tls && { tls: access.tls }),
    connectionName: `postern:${name}`,
    retryStrategy,
    socketTimeout: silence,
    ...(proxy && { Connector: tunnelsThrough(proxy) }),
  })

  return {
    address: addressOf(settings),
    openReplica: (address) => {
      const options = { ...optionsWith(2_000), retryStrategy: () => null }
      const replica = new Redis({ ...options, ...node(address, 6_379) })
      // Whoever asks it learns of every error by what they asked.
      return replica.on('error', () => undefined)
    },
    open: (silence) => {
      const options = optionsWith(silence)
      if (settings.cluster !== undefined) return cluster(settings.cluster, options)
      if (settings.sentinel === undefined) return new Redis({ ...options, ...server(settings) })
      if (proxy) return new Redis({ ...options, ...found(settings.sentinel, access, proxy) })
      const sentinel = watched(settings.sentinel, access)
      return new Redis({ ...options, ...sentinel, sentinelRetryStrategy: retryStrategy })
    },
  }
}

type Options = RedisOptions & { readonly replyMapping: 'legacy' }
type Place = Omit<RedisOptions, 'replyMapping'>

// A person waits behind every command, so none is kept for a better time: without a connection it
// is refused at once, and when a connection breaks, those without an answer are refused. To send
// them again by ourselves could count a sign-in twice, or lose a claim to our own first try.
const failsFast: Options = {
  // Replies have the same shapes whether the server speaks RESP2 or RESP3.
  replyMapping: 'legacy',
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: 2_000,
  // A Redis that hangs does not close its end either.
  disconnectTimeout: 200,
  // No auto-pipelining: commands go out without waiting for each other anyway. Measured, it saves
  // nothing when there is much to do, and costs a quarter more time and work when there is little.
  enableAutoPipelining: false,
  // It needs a right that a closely kept ACL user does not have, for nothing in return.
  disableClientInfo: true,
  // So answers a master that was replaced; a new connection finds its successor.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
}

function server({ url = '' }: RedisSettings): Place {
  return { ...node(url, 6_379), db: Number(new URL(url).pathname.slice(1)) }
}

function watched(
  { name, hosts }: NonNullable<RedisSettings['sentinel']>,
  { sentinelLogin, tls }: Access,
): Place {
  return {
    name,
    sentinels: hosts.map((address) => node(address, 26_379)),
    ...(sentinelLogin.username !== undefined && { sentinelUsername: sentinelLogin.username }),
    ...(sentinelLogin.password !== undefined && { sentinelPassword: sentinelLogin.password }),
    sentinelCommandTimeout: 2_000,
    ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  }
}

/** The same through a proxy. */
function found(
  { name, hosts }: NonNullable<RedisSettings['sentinel']>,
  { sentinelLogin, tls }: Access,
  proxy: Proxy,
): Pick<RedisOptions, 'Connector'> {
  const find = createMasterFinder(
    hosts.map((address) => node(address, 26_379)),
    name,
    {
      ...failsFast,
      ...sentinelLogin,
      ...(tls && { tls }),
      enableReadyCheck: false,
      commandTimeout: 2_000,
      Connector: tunnelsThrough(proxy),
    },
  )
  return { Connector: tunnelsThrough(proxy, find) }
}

function cluster(addresses: readonly string[], options: Options): Cluster {
  const { retryStrategy, lazyConnect, ...redisOptions } = options
  return new Cluster(
    addresses.map((address) => node(address, 6_379)),
    {
      redisOptions,
      lazyConnect,
      // Nodes are connected to when they are first needed, which the first command has to wait for.
      enableOfflineQueue: true,
      clusterRetryStrategy: retryStrategy,
      // As above: a command whose node has gone is refused, not sent again. Which node has taken
      // over is found out by asking for the map of slots, often.
      retryDelayOnFailover: 0,
      slotsRefreshInterval: 1_000,
      // Certificates name hosts, and a proxy may know names that we do not; ioredis would look up
      // their addresses, and use those.
      ...((redisOptions.tls || redisOptions.Connector) && {
        dnsLookup: (host, done) => done(null, host),
      }),
    },
  )
}

function node(address: string, standardPort: number): { host: string; port: number } {
  const { hostname, port } = new URL(address)
  // An IPv6 address stands in brackets in a URL, and nowhere else.
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || standardPort }
}

function addressOf({ url, sentinel, cluster: nodes = [] }: RedisSettings): string {
  if (url !== undefined) return printed(url, 6_379)
  if (sentinel === undefined) return nodes.map((each) => printed(each, 6_379)).join(', ')
  const sentinels = sentinel.hosts.map((each) => printed(each, 26_379)).join(', ')
  return `${sentinel.name} (as known to ${sentinels})`
}

function printed(address: string, standardPort: number): string {
  const { host, port } = node(address, standardPort)
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
