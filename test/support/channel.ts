import { pino } from 'pino'
import type {
  AccountLookup,
  BackendAnswer,
  Credentials,
  PasswordChanger,
} from '../../agent/backends/backend.ts'
import type { Identity } from '../../agent/identity/identity.ts'
import { type RunningAgent, startAgent } from '../../agent/main.ts'
import type { AgentDirectory } from '../../provider/agents/directory.ts'
import { memoryAuthority } from '../../provider/agents/memory-authority.ts'
import type { Answer } from '../../provider/broker/asked.ts'
import { type Broker, createBroker } from '../../provider/broker/broker.ts'
import { fixedChannelKeys } from '../../provider/broker/channel-keys.ts'
import type { Mistrust } from '../../provider/broker/mistrust.ts'
import type { Bus } from '../../shared/bus.ts'
import { createMemoryBus } from '../../shared/bus-memory.ts'
import { type Clock, systemClock } from '../../shared/clock.ts'
import {
  createIdentity,
  type SigningKey,
  signingKey,
  type VerifyingKey,
  verifyingKey,
} from '../../shared/envelope-keys.ts'
import type { Store } from '../../shared/store.ts'
import { createMemoryStore } from '../../shared/store-memory.ts'
import { type CertifiedAgent, certify } from './certify.ts'
import { openMemoryAgents } from './memory-agents.ts'
import { trusting } from './trusting.ts'

/**
 * A broker and its agents over carriers that a test may meddle with. The directory is a function,
 * so that a test decides when it answers and counts how often it was asked.
 */
export interface Channel extends AsyncDisposable {
  readonly bus: Bus
  readonly store: Store
  readonly broker: Broker
  readonly channelKey: SigningKey
  /** What agents pin. */
  readonly providerKeys: readonly VerifyingKey[]
  /** What the provider knows of the agents. */
  readonly directory: AgentDirectory
  /** An agent's key and certificate. */
  certified(agent: string): CertifiedAgent
  /** Private identity key of an agent. */
  identity(agent: string): SigningKey
  startAgent(agent: string, directory: Directory, options?: AgentOptions): Promise<RunningAgent>
  /** Asks about alice in realm `corp`, or in another one. */
  ask(password?: string, realm?: string): Promise<Answer>
  /** What provider and agents have logged, one JSON text. */
  logged(): string
}

export type Directory = (credentials: Credentials) => Promise<BackendAnswer>

interface AgentOptions {
  /** Its own, which does not change, unless given. */
  readonly identity?: Identity
  readonly clock?: Clock
  readonly concurrency?: number
  readonly bus?: Bus
  readonly store?: Store
  /** That it says it serves; what it is trusted with unless given. */
  readonly realms?: readonly string[]
  /** Without it the directory lets nobody change passwords. */
  readonly changePassword?: PasswordChanger['changePassword']
  /** Without it the directory can look nobody up. */
  readonly lookUp?: AccountLookup['lookUp']
}

function able({ changePassword, lookUp }: AgentOptions): Partial<PasswordChanger & AccountLookup> {
  return { ...(changePassword && { changePassword }), ...(lookUp && { lookUp }) }
}

export const yes: BackendAnswer = { outcome: { name: 'ok', account: { id: '42', claims: {} } } }
export const no: BackendAnswer = { outcome: { name: 'wrongPassword' } }

export interface ChannelOptions {
  readonly deadline?: number
  readonly bus?: Bus
  readonly store?: Store
  /** The realms that an agent is trusted with; `corp` unless given. */
  readonly realms?: Readonly<Record<string, readonly string[]>>
  readonly mistrust?: Partial<Mistrust>
}

export async function openChannel(
  agents: readonly string[],
  options: ChannelOptions = {},
): Promise<Channel> {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  const clock = systemClock
  const bus = options.bus ?? createMemoryBus()
  const store = options.store ?? createMemoryStore(clock)
  const provider = await createIdentity()
  const authority = await memoryAuthority(clock)
  const made = await Promise.all(
    agents.map((name) => certify(authority.authority, name, options.realms?.[name] ?? ['corp'])),
  )
  const channelKey = await signingKey(provider.privatePem)
  const channelKeys = fixedChannelKeys(channelKey)
  const providerKeys = [await verifyingKey(provider.publicKey)]
  const known = await openMemoryAgents({ authority, channelKeys, clock, log })
  for (const { certificate } of made) await known.trusted.recognize(certificate)
  const { deadline } = options
  const parts = { bus, store, clock, log, channelKeys, agents: known.trusted }
  const mistrust = options.mistrust && { ...trusting(store), ...options.mistrust }
  const broker = createBroker({
    ...parts,
    ...(mistrust && { mistrust }),
    ...(deadline !== undefined && { deadline }),
  })
  const running: RunningAgent[] = []
  const certified = (name: string): CertifiedAgent => {
    const found = made.find((agent) => agent.name === name)
    if (found === undefined) throw new Error(`no agent ${name}`)
    return found
  }

  return {
    bus,
    store,
    broker,
    channelKey,
    providerKeys,
    directory: known.directory,
    certified,
    identity: (name) => certified(name).key,
    startAgent: async (name, directory, more = {}) => {
      const agent = await startAgent(
        {
          name,
          redis: { url: 'redis://nowhere.invalid' } as never,
          issuer: 'https://id.example',
          identityDirectory: '',
          realms: (more.realms ?? options.realms?.[name] ?? ['corp']).map((realm) => {
            return { name: realm, suffixes: [], backend: { type: 'file', file: '' } as never }
          }),
          concurrency: more.concurrency ?? 8,
          log: { level: 'silent' },
        },
        {
          clock: more.clock ?? clock,
          log,
          identity: more.identity ?? (await certified(name).identity(provider.publicKey)),
          folder: '.',
          carriers: { bus: more.bus ?? bus, store: more.store ?? store },
          createBackend: async () => ({ verify: directory, ...able(more) }),
        },
      )
      running.push(agent)
      return agent
    },
    ask: (password = 'open sesame', realm = 'corp') =>
      broker.verify({ realm, username: 'alice', password, reference: 'REF1' }),
    logged: () => lines.join(''),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(running.map((agent) => agent.stop()))
      await broker.stop()
      await known.stop()
    },
  }
}
