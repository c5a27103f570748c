import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { type RedisServer, startRedis } from './start-redis.ts'

const execute = promisify(execFile)

/** Several Redis servers that belong together. */
export interface RedisTopology extends AsyncDisposable {
  readonly servers: readonly RedisServer[]
}

/** A cluster of three masters, each with a third of the slots. */
export async function startRedisCluster(): Promise<RedisTopology> {
  const nodes = await Promise.all(['0 5460', '5461 10922', '10923 16383'].map(startNode))
  const [first] = nodes
  for (const { server, busPort } of nodes.slice(1)) {
    await ask(first?.server, `cluster meet 127.0.0.1 ${server.port} ${busPort}`)
  }
  const servers = nodes.map(({ server }) => server)
  await eventually(async () => {
    const states = await Promise.all(servers.map((server) => ask(server, 'cluster info')))
    return states.every((state) => /state:ok.*known_nodes:3/s.test(state))
  })
  return topology(servers)
}

async function startNode(slots: string, index: number) {
  const busPort = await freePort()
  const args = `--cluster-enabled yes --cluster-port ${busPort} --cluster-node-timeout 1000`
  const server = await startRedis({ args: args.split(' ') })
  await ask(server, `cluster set-config-epoch ${index + 1}`)
  await ask(server, `cluster addslotsrange ${slots}`)
  return { server, busPort }
}

/** A master with a replica, and a Sentinel that calls the master `main` and replaces it if it dies. */
export async function startRedisSentinel(): Promise<
  RedisTopology & Record<'master' | 'replica' | 'sentinel', RedisServer>
> {
  const master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] })
  const replica = await startRedis({ args: ['--replicaof', `127.0.0.1 ${master.port}`] })
  const sentinel = await startRedis({
    args: ['--sentinel'],
    config: `
      sentinel monitor main 127.0.0.1 ${master.port} 1
      sentinel down-after-milliseconds main 500
      sentinel failover-timeout main 2000
    `,
  })
  await eventually(
    async () => {
      const seen = await ask(sentinel, 'sentinel replicas main')
      return seen.includes(String(replica.port)) && /master-link-status\nok/.test(seen)
    },
    { within: 15_000 },
  )
  return { master, replica, sentinel, ...topology([sentinel, replica, master]) }
}

function topology(servers: readonly RedisServer[]): RedisTopology {
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()))
  }
  return { servers, [Symbol.asyncDispose]: stop }
}

async function ask(server: RedisServer | undefined, command: string): Promise<string> {
  const { stdout } = await execute('redis-cli', ['-p', `${server?.port}`, ...command.split(' ')])
  return stdout
}
