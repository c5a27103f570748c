import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { createAuthorityFolder, openAuthority } from '../../provider/agents/authority-folder.ts'
import { systemClock } from '../../shared/clock.ts'
import { createIdentity } from '../../shared/envelope-keys.ts'
import { certify } from './certify.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { type PosternProcess, startPostern } from './postern-process.ts'
import { type OpenldapServer, startOpenldap } from './start-openldap.ts'
import { type RedisServer, startRedis } from './start-redis.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/**
 * The whole of Postern with every part a process of its own, as it runs in production: Redis,
 * OpenLDAP, a provider, and agents beside the directory.
 */
export interface System extends AsyncDisposable {
  readonly issuer: string
  readonly folder: string
  readonly redis: RedisServer
  /** Unless the test has brought its own, with the option `backends`. */
  readonly directory: OpenldapServer
  readonly provider: PosternProcess
  readonly agents: readonly PosternProcess[]
  /** What stands between the parts; only with the option `lines`. */
  readonly lines: Lines
  /** Another process with the settings of agent `index`; after the first has ended. */
  restartAgent(index: number, env?: Record<string, string>): Promise<PosternProcess>
  restartProvider(): Promise<PosternProcess>
  /** What every part has logged so far; or one agent alone, in all its runs. */
  logged(agent?: string): string
}

// Milliseconds. Only how long to wait before giving up: nothing is said about speed here.
const startsWithin = 30_000

/** Each can be cut. */
export interface Lines {
  readonly providerToRedis: TcpProxy
  readonly agentsToRedis: TcpProxy
  readonly agentsToDirectory: TcpProxy
}

export interface SystemOptions {
  /** Put a proxy between each pair of parts. */
  readonly lines?: boolean
  /** Have the directory keep a log of all operations. */
  readonly directoryLog?: boolean
  readonly agents?: number
  readonly people?: number
  /**
   * What the agents ask in place of an OpenLDAP of the system's own, by the name of the realm, whose
   * suffix is `<name>.test`. In all of them people may change their passwords, if their backend lets them.
   */
  readonly backends?: Readonly<Record<string, Record<string, unknown>>>
  readonly logLevel?: string
  /** Of the provider and every agent. */
  readonly env?: Record<string, string>
  /** With local mode's demo app at `/demo`. */
  readonly demo?: boolean
  /** More lines for `provider.yaml` and `agent.yaml`. */
  readonly provider?: Record<string, unknown>
  readonly agent?: Record<string, unknown>
}

const serveWithDemo = fileURLToPath(new URL('serve-with-demo.ts', import.meta.url))

/** One confidential first-party app, one third-party app that needs consent, one public app. */
export const clientSecret = 'a-secret-of-the-test-app'
const redirects = { loopback_redirects: true }
const clients = {
  'demo-app': { first_party: true, client_secret_file: '../client.secret', ...redirects },
  'demo-partner': { client_secret_file: '../client.secret', ...redirects },
  'test-app': { first_party: true, client_secret_file: '../client.secret', ...redirects },
  'test-partner': { client_secret_file: '../client.secret', ...redirects },
  'test-spa': { first_party: true, token_endpoint_auth_method: 'none', ...redirects },
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const count = options.agents ?? 1
  // Ended in reverse, also when something cannot be started: what is left holds up the whole run.
  await using ends = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'postern-system-'))
  ends.defer(() => rm(folder, { recursive: true, force: true }))
  const redis = ends.use(await startRedis())
  const directory = options.backends ? undefined : ends.use(await startOwnDirectory(options))
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const lines = options.lines && directory ? await openLines(redis, directory) : undefined
  for (const line of Object.values<TcpProxy>({ ...lines })) ends.use(line)
  const names = Array.from({ length: count }, (_, index) => `agent-${index + 1}`)
  await writeSettings({ options, names, issuer, port, folder, redis, directory, lines })

  const all: PosternProcess[] = []
  ends.defer(async () => {
    await Promise.all(all.map((one) => one.stop()))
  })
  const keep = (started: PosternProcess) => {
    all.push(started)
    return started
  }
  const startProvider = async () => {
    const file = join(folder, 'provider.yaml')
    const provider = keep(
      options.demo
        ? startPostern([file, clientSecret], { program: serveWithDemo, env: { ...options.env } })
        : startPostern(['serve', '--config', file], { env: { ...options.env } }),
    )
    await provider.says('provider ready', startsWithin)
    return provider
  }
  const startAgent = async (name: string, env: Record<string, string> = {}) => {
    const file = join(folder, `${name}.yaml`)
    const agent = keep(
      startPostern(['agent', 'run', '--config', file], { env: { ...options.env, ...env } }),
    )
    await agent.says('agent ready', startsWithin)
    return agent
  }

  const [provider, ...agents] = await Promise.all([
    startProvider(),
    ...names.map((name) => startAgent(name)),
  ])
  await eventually(async () => names.every((name) => heardOf(provider, name)), {
    within: startsWithin,
  })

  const started = ends.move()
  return {
    issuer,
    folder,
    redis,
    get directory() {
      if (directory === undefined) throw new Error('started with the option `backends`')
      return directory
    },
    provider,
    agents,
    get lines() {
      if (lines === undefined) throw new Error('started without the option `lines`')
      return lines
    },
    restartAgent: (index, env) => startAgent(names[index] ?? '', env),
    restartProvider: startProvider,
    logged: (agent) =>
      all
        .map((one) => one.output())
        .filter(
          (output) =>
            agent === undefined || output.includes(`"process":"agent","agent":"${agent}"`),
        )
        .join(''),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

function startOwnDirectory({ people = 10, directoryLog = false }: SystemOptions) {
  return startOpenldap({ people, log: directoryLog })
}

async function openLines(redis: RedisServer, directory: OpenldapServer): Promise<Lines> {
  const [providerToRedis, agentsToRedis, agentsToDirectory] = await Promise.all([
    startTcpProxy(redis.port),
    startTcpProxy(redis.port),
    startTcpProxy(Number(new URL(directory.ldapsUrl).port)),
  ])
  return { providerToRedis, agentsToRedis, agentsToDirectory }
}

function heardOf(provider: PosternProcess, agent: string): boolean {
  return provider
    .output()
    .split('\n')
    .some((line) => line.includes('agent heard') && line.includes(`"${agent}"`))
}

async function writeSettings(about: {
  options: SystemOptions
  names: readonly string[]
  issuer: string
  port: number
  folder: string
  redis: RedisServer
  directory: OpenldapServer | undefined
  lines: Lines | undefined
}): Promise<void> {
  const { options, names, issuer, port, folder, redis, directory, lines } = about
  const own = directory && { lab: ldapBackend(directory, lines?.agentsToDirectory) }
  const backends = own ?? options.backends ?? {}
  const realms = Object.keys(backends)
  const suffixes = (realm: string) => [`${realm}.test`]
  const file = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 })
  const channel = await createIdentity()
  const log = { level: options.logLevel ?? 'debug' }
  const redisAt = (line = redis.port) => ({ redis: { url: `redis://127.0.0.1:${line}` }, log })
  await createAuthorityFolder(join(folder, 'authority'), systemClock)
  const { authority } = await openAuthority(join(folder, 'authority'), systemClock)
  await Promise.all(
    names.map(async (name) => {
      const agent = await certify(authority, name, realms)
      await agent.write(join(folder, name), { issuer, channelKey: channel.publicKey })
      const settings = {
        name,
        ...redisAt(lines?.agentsToRedis.port),
        issuer,
        identityDirectory: name,
        realms: Object.entries(backends).map(([realm, backend]) => {
          return { name: realm, suffixes: suffixes(realm), backend }
        }),
        ...options.agent,
      }
      await file(`${name}.yaml`, stringify(settings))
    }),
  )
  await mkdir(join(folder, 'clients'))
  for (const [client_id, client] of Object.entries(clients)) {
    const named = { client_id, client_name: client_id, ...client }
    await file(join('clients', `${client_id}.yaml`), stringify(named))
  }
  await file('client.secret', clientSecret)
  await file('data.key', Buffer.alloc(32, 7).toString('base64url'))
  await file('channel.pem', channel.privatePem)
  const provider = {
    issuer,
    listen: { host: '127.0.0.1', port },
    ...redisAt(lines?.providerToRedis.port),
    dataKeyFile: 'data.key',
    channelKeyFile: 'channel.pem',
    realms: realms.map((name) => {
      const changePasswords = options.backends !== undefined
      return { name, suffixes: suffixes(name), default: name === 'lab', changePasswords }
    }),
    agentAuthority: { directory: 'authority' },
    clientsDirectory: 'clients',
    resources: [{ identifier: 'urn:test:api', name: 'Test API', scopes: ['read', 'write'] }],
    organization: { name: 'Lab' },
    ...options.provider,
  }
  await file('provider.yaml', stringify(provider))
}

function ldapBackend(directory: OpenldapServer, line?: TcpProxy): Record<string, unknown> {
  return {
    type: 'ldap',
    urls: [line ? `ldaps://127.0.0.1:${line.port}` : directory.ldapsUrl],
    caFile: directory.caFile,
    bindDn: directory.serviceDn,
    bindPasswordFile: directory.servicePasswordFile,
    baseDn: directory.baseDn,
  }
}
