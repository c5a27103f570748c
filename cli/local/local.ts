import { fixedIdentity } from '../../agent/identity/identity.ts'
import { fixedChannelKeys } from '../../provider/broker/channel-keys.ts'
import type { RunningProvider } from '../../provider/main.ts'
import { isLoopback } from '../../provider/oidc/loopback.ts'
import type { Bus } from '../../shared/bus.ts'
import { createMemoryBus } from '../../shared/bus-memory.ts'
import { systemClock } from '../../shared/clock.ts'
import { createIdentity, signingKey, verifyingKey } from '../../shared/envelope-keys.ts'
import { Fault } from '../../shared/fault.ts'
import { createLog } from '../../shared/log.ts'
import { whyNotIssuer } from '../../shared/settings/issuer.ts'
import type { Store } from '../../shared/store.ts'
import { createMemoryStore } from '../../shared/store-memory.ts'
import type { Running } from '../until-signal.ts'
import { startAgentChild } from './agent-child.ts'
import { type LocalClient, readClients } from './clients.ts'
import { demo } from './demo/demo.ts'
import { withDemoRedirects } from './demo-redirects.ts'
import { clientsFolder, usersFile } from './files.ts'
import { giveBackMemory } from './give-back-memory.ts'
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
  // What is written there is read at the start, and nothing secret stays on disk after it.
  await using folder = options.redis === undefined ? undefined : await createPrivateFolder()
  refuseBadIssuer(options.issuer)
  const log = createReadableLog(options.logLevel)
  const agentHeard = log.says('agent heard')
  const settings = await chooseSettings(options, ends, folder)
  const [channel, identity, people, clients] = await Promise.all([
    createIdentity(),
    createIdentity(),
    readPeople(usersFile),
    readClients(settings.clientsDirectory),
  ])
  const parts: Parts = {
    settings,
    channel,
    identity,
    people,
    clients,
    log,
    ...inMemory(settings),
    folder: folder?.path ?? '.',
  }

  // The provider's packages load while the agent makes its keys. At the end it is the other way
  // round: the agent goes last, since people may still be waiting for it.
  const [agent] = await Promise.all([startAgentOf(parts), import('../../provider/main.ts')])
  ends.defer(() => agent.stop())
  const provider = await startProviderOf(parts)
  ends.defer(() => provider.stop())
  await Promise.race([agentHeard, ...(agent.failed ? [agent.failed] : [])])

  giveBackMemory()

  const { issuer } = provider
  const all = ends.move()
  return { ...agent, issuer, people, clients, stop: () => all.disposeAsync() }
}

interface Parts {
  readonly settings: LocalSettings
  readonly channel: Identity
  readonly identity: Identity
  readonly people: readonly LocalPerson[]
  readonly clients: readonly LocalClient[]
  readonly log: ReadableLog
  readonly carriers?: { readonly bus: Bus; readonly store: Store }
  readonly folder: string
}

type Identity = Awaited<ReturnType<typeof createIdentity>>

function inMemory({ redis }: LocalSettings): Pick<Parts, 'carriers'> {
  if (redis !== undefined) return {}
  return { carriers: { bus: createMemoryBus(), store: createMemoryStore(systemClock) } }
}

async function startAgentOf(parts: Parts): Promise<Running> {
  const { settings, channel, identity, carriers, folder } = parts
  const agentSettings = localAgent(settings, channel.publicKey)
  if (!carriers) {
    return startAgentChild({ ...parts, settings: agentSettings, privatePem: identity.privatePem })
  }
  const { startAgent } = await import('../../agent/main.ts')
  return startAgent(agentSettings, {
    carriers,
    clock: systemClock,
    folder,
    identity: fixedIdentity({
      key: await signingKey(identity.privatePem),
      certificate: '',
      providerKeys: [await verifyingKey(channel.publicKey)],
    }),
    log: createLog({ ...settings.log, process: 'agent' }, parts.log),
  })
}

async function startProviderOf(parts: Parts): Promise<RunningProvider> {
  const { settings, channel, identity, people, clients, carriers, folder } = parts
  const { startProvider } = await import('../../provider/main.ts')
  const started = startProvider(localProvider(settings, identity.publicKey), {
    ...(carriers && { carriers }),
    clock: systemClock,
    folder,
    dataKey: systemClock.randomBytes(32),
    channelKeys: fixedChannelKeys(await signingKey(channel.privatePem)),
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
