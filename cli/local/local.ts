import { join } from 'node:path'
import type { AuthorityFolder } from '../../provider/agents/authority-folder.ts'
import { memoryAuthority } from '../../provider/agents/memory-authority.ts'
import { fixedChannelKeys } from '../../provider/broker/channel-keys.ts'
import { fixedDataKeys } from '../../provider/data-key/data-keys.ts'
import type { ProviderParts, RunningProvider } from '../../provider/main.ts'
import { isLoopback } from '../../provider/oidc/clients/loopback.ts'
import { createMemoryBus } from '../../shared/bus-memory.ts'
import { systemClock } from '../../shared/clock.ts'
import { createIdentity, type SigningKey, signingKey } from '../../shared/envelope-keys.ts'
import { Fault } from '../../shared/fault.ts'
import { createLog } from '../../shared/log.ts'
import { whyNotIssuer } from '../../shared/settings/issuer.ts'
import { createMemoryStore } from '../../shared/store-memory.ts'
import type { Running } from '../until-signal.ts'
import { type AgentChild, startAgentChild } from './agent-child.ts'
import { type LocalClient, readClients } from './clients.ts'
import { demo } from './demo/demo.ts'
import { withDemoRedirects } from './demo-redirects.ts'
import { clientsFolder, usersFile } from './files.ts'
import { giveBackMemory } from './give-back-memory.ts'
import { createLocalIdentity, type LocalIdentity } from './identity.ts'
import { type LocalPerson, readPeople } from './people.ts'
import { createPrivateFolder, type PrivateFolder } from './private-folder.ts'
import { createReadableLog, type LogLevel, type ReadableLog } from './readable-log.ts'
import { type LocalSettings, localAgent, localProvider } from './settings.ts'

/**
 * All of Postern on one machine, for developing and testing apps: provider, agent, people, apps
 * and a demo app. In one process and in memory, or over Redis with the agent in another.
 */
export interface RunningLocal extends Running {
  readonly issuer: string
  readonly people: readonly LocalPerson[]
  readonly clients: readonly LocalClient[]
}

export interface LocalOptions {
  readonly host: string
  readonly port: number
  readonly issuer?: string
  readonly redis?: string
  readonly logLevel: LogLevel
}

export async function startLocal(options: LocalOptions): Promise<RunningLocal> {
  await using ends = new AsyncDisposableStack()
  // What is written there is read at the start, and no password stays on disk after it.
  await using folder = options.redis === undefined ? undefined : await createPrivateFolder()
  refuseBadIssuer(options.issuer)
  const log = createReadableLog(options.logLevel)
  const agentHeard = log.says('agent heard')
  const settings = await chooseSettings(options, ends, folder)
  const [channel, authority, people, clients] = await Promise.all([
    createIdentity().then(({ privatePem }) => signingKey(privatePem)),
    memoryAuthority(systemClock),
    readPeople(usersFile),
    readClients(settings.clientsDirectory),
  ])
  const identity = await createLocalIdentity(authority, channel)
  const about = { settings, channel, authority, identity, people, clients, log, ends }
  const parts: Parts = { ...about, folder: folder?.path ?? '.' }

  const running = settings.redis ? await startOverRedis(parts) : await startInMemory(parts)
  await Promise.race([agentHeard, ...(running.failed ? [running.failed] : [])])

  giveBackMemory()

  const all = ends.move()
  return { ...running, people, clients, stop: () => all.disposeAsync() }
}

interface Parts {
  readonly settings: LocalSettings
  readonly channel: SigningKey
  readonly authority: AuthorityFolder
  readonly identity: LocalIdentity
  readonly people: readonly LocalPerson[]
  readonly clients: readonly LocalClient[]
  readonly log: ReadableLog
  readonly ends: AsyncDisposableStack
  readonly folder: string
}

type Started = Pick<RunningLocal, 'issuer' | 'failed'>

async function startInMemory(parts: Parts): Promise<Started> {
  const { settings, ends } = parts
  const carriers = { bus: createMemoryBus(), store: createMemoryStore(systemClock) }
  // The provider's packages load while the agent makes its keys. At the end it is the other way
  // round: the agent goes last, since people may still be waiting for it.
  const [{ startAgent }, identity] = await Promise.all([
    import('../../agent/main.ts'),
    parts.identity.inMemory(),
  ])
  ends.defer(() => identity.stop())
  const log = createLog({ ...settings.log, process: 'agent' }, parts.log)
  const [agent] = await Promise.all([
    startAgent(localAgent(settings, settings.issuer), {
      carriers,
      clock: systemClock,
      folder: parts.folder,
      identity,
      log,
    }),
    import('../../provider/main.ts'),
  ])
  ends.defer(() => agent.stop())
  const provider = await startProviderOf(parts, { carriers })
  ends.defer(() => provider.stop())
  return { issuer: provider.issuer }
}

async function startOverRedis(parts: Parts): Promise<Started> {
  const { settings, identity, folder, log, ends } = parts
  // This one stays: the agent renews what is in it.
  const { path } = ends.use(await createPrivateFolder())
  let agent: AgentChild | undefined
  ends.defer(() => agent?.stop())
  const provider = await startProviderOf(parts)
  ends.defer(() => provider.stop())
  const { issuer } = provider
  // Only now is it known where the provider listens, which is where the agent renews itself.
  const identityDirectory = join(path, 'identity')
  const agentSettings = { ...localAgent(settings, issuer), identityDirectory }
  await identity.write(identityDirectory, issuer)
  agent = await startAgentChild({ settings: agentSettings, folder, log })
  return { issuer, failed: agent.failed }
}

async function startProviderOf(
  parts: Parts,
  more: Pick<ProviderParts, 'carriers'> = {},
): Promise<RunningProvider> {
  const { settings, channel, authority, people, clients, folder } = parts
  const { startProvider } = await import('../../provider/main.ts')
  const started = startProvider(localProvider(settings), {
    ...more,
    clock: systemClock,
    folder,
    authority,
    dataKeys: fixedDataKeys(systemClock.randomBytes(32)),
    channelKeys: fixedChannelKeys(channel),
    log: createLog({ ...settings.log, process: 'provider' }, parts.log),
    people,
    extraFeatures: (issuer) => [demo({ issuer, clients, clock: systemClock })],
  })
  return started.catch((thrown: unknown) => {
    if (!isPortInUse(thrown)) throw thrown
    throw new Fault('listen', `${thrown.message}, as in: postern local --port 0`, { cause: thrown })
  })
}

function isPortInUse(thrown: unknown): thrown is Fault {
  if (!(thrown instanceof Fault) || thrown.kind !== 'listen') return false
  return (thrown.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE'
}

async function chooseSettings(
  { host, port, issuer, redis, logLevel }: LocalOptions,
  ends: AsyncDisposableStack,
  folder: PrivateFolder | undefined,
): Promise<LocalSettings> {
  const settings = {
    issuer: issuer ?? `http://localhost:${port}`,
    listen: { host, port },
    clientsDirectory: await clientsFor(issuer, ends),
    // Lines that are not shown are waited for (`agent heard`), so `info` is the least.
    log: { level: logLevel === 'trace' || logLevel === 'debug' ? logLevel : 'info' },
  }
  if (redis === undefined || folder === undefined) return settings
  const { beginRedisRun } = await import('./redis-run.ts')
  const run = await beginRedisRun(redis, folder.path, systemClock)
  ends.defer(() => run.end())
  return { ...settings, redis: run.settings }
}

function refuseBadIssuer(issuer: string | undefined): void {
  const message = issuer === undefined ? undefined : whyNotIssuer(issuer)
  if (message !== undefined) throw new Fault('settings', `--issuer ${message}`)
}

async function clientsFor(issuer: string | undefined, ends: AsyncDisposableStack): Promise<string> {
  if (issuer === undefined || isLoopback(issuer)) return clientsFolder
  const copies = ends.use(await createPrivateFolder())
  return withDemoRedirects(clientsFolder, copies.path, issuer)
}
