import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ended, endWithUs, freeze } from './child-process.ts'
import { freePort } from './free-port.ts'

/** A Redis of the test's own, on loopback, that keeps nothing when it ends. */
export interface RedisServer extends AsyncDisposable {
  /** Without a password, also if it has one. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  /** Starts it anew, empty and on the same port; ends it before if it still runs. */
  restart(): Promise<void>
  /** It accepts connections from now on and answers nothing. */
  pause(): void
  resume(): void
}

export interface RedisOptions {
  /** A free one unless given. */
  readonly port?: number
  readonly password?: string
  /** Speaks TLS and nothing else. */
  readonly tls?: RedisTls
  /** More arguments of `redis-server`. */
  readonly args?: readonly string[]
  /** A configuration file, which the server may write to, as a Sentinel does. */
  readonly config?: string
}

export interface RedisTls {
  /** PEM files, with their whole paths. */
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
  /** Whether clients must show a certificate of that authority. */
  readonly asksForCertificate: boolean
}

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-redis-'))
  const port = options.port ?? (await freePort())
  const args = [options.tls ? '--tls-port' : '--port', String(port), '--bind', '127.0.0.1']
  // Also for those who come through a proxy with another address of this machine.
  args.push('--dir', folder, '--save', '', '--protected-mode', 'no')
  if (options.tls !== undefined) args.push('--port', '0', ...tlsArguments(options.tls))
  if (options.password !== undefined) args.push('--requirepass', options.password)
  args.push(...(options.args ?? []))
  if (options.config !== undefined) {
    const file = join(folder, 'redis.conf')
    await writeFile(file, options.config)
    args.unshift(file)
  }
  let child = await running(args)
  const kill = () => ended(child, 'SIGKILL')
  const stop = async () => {
    await kill()
    await rm(folder, { recursive: true, force: true })
  }

  return {
    url: `${options.tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? -1
    },
    stop,
    kill,
    restart: async () => {
      await kill()
      child = await running(args)
    },
    pause: () => freeze(child),
    resume: () => void child.kill('SIGCONT'),
    [Symbol.asyncDispose]: stop,
  }
}

function tlsArguments(tls: RedisTls): string[] {
  const { caFile, certFile, keyFile, asksForCertificate } = tls
  return Object.entries({
    '--tls-ca-cert-file': caFile,
    '--tls-cert-file': certFile,
    '--tls-key-file': keyFile,
    '--tls-auth-clients': asksForCertificate ? 'yes' : 'no',
    '--tls-replication': 'yes',
    '--tls-cluster': 'yes',
  }).flat()
}

async function running(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  endWithUs(child)
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`redis-server ended at once:\n${output}`)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (/Ready to accept connections|Sentinel ID is/.test(output)) resolve()
    })
  })
  child.stdout.removeAllListeners('data').resume()
  return child
}
