import { pino } from 'pino'
import type {
  BackendAnswer,
  Credentials,
  PasswordChange,
  PasswordChanger,
} from '../../agent/backends/backend.ts'
import { fixedIdentity } from '../../agent/identity/identity.ts'
import { type RunningAgent, startAgent } from '../../agent/main.ts'
import { pinnedAgents } from '../../provider/broker/agents.ts'
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
  /** Private identity key of a pinned agent. */
  identity(agent: string): SigningKey
  startAgent(agent: string, directory: Directory, options?: AgentOptions): Promise<RunningAgent>
  /** Asks about alice in realm `corp`, or in another one. */
  ask(password?: string, realm?: string): Promise<Answer>
  /** What provider and agents have logged, one JSON text. */
  logged(): string
}

export type Directory = (credentials: Credentials) => Promise<BackendAnswer>

interface AgentOptions {
  readonly clock?: Clock
  readonly concurrency?: number
  readonly bus?: Bus
  readonly store?: Store
  /** That it says it serves; what it is trusted with unless given. */
  readonly realms?: readonly string[]
  /** Without it the directory lets nobody change passwords. */
  readonly changePassword?: (change: PasswordChange) => Promise<BackendAnswer>
}

function changing({ changePassword }: AgentOptions): Partial<PasswordChanger> {
  return changePassword === undefined ? {} : { changePassword }
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
  const made = await Promise.all(
    agents.map(async (name) => {
      const identity = await createIdentity()
      const key = await signingKey(identity.privatePem)
      const realms = options.realms?.[name] ?? ['corp']
      return { name, realms, publicKey: identity.publicKey, key }
    }),
  )
  const channelKey = await signingKey(provider.privatePem)
  const providerKeys = [await verifyingKey(provider.publicKey)]
  const channelKeys = fixedChannelKeys(channelKey)
  const trusted = await pinnedAgents(made)
  const { deadline } = options
  const parts = { bus, store, clock, log, channelKeys, agents: trusted }
  const mistrust = options.mistrust && { ...trusting(store), ...options.mistrust }
  const broker = createBroker({
    ...parts,
    ...(mistrust && { mistrust }),
    ...(deadline !== undefined && { deadline }),
  })
  const running: RunningAgent[] = []
  const identity = (name: string): SigningKey => {
    const found = made.find((agent) => agent.name === name)
    if (found === undefined) throw new Error(`no agent ${name}`)
    return found.key
  }

  return {
    bus,
    store,
    broker,
    channelKey,
    providerKeys,
    identity,
    startAgent: async (name, directory, more = {}) => {
      const agent = await startAgent(
        {
          name,
          redis: { url: 'redis://nowhere.invalid' } as never,
          identityKeyFile: '',
          providerPublicKey: provider.publicKey,
          realms: (more.realms ?? options.realms?.[name] ?? ['corp']).map((realm) => {
            return { name: realm, suffixes: [], backend: { type: 'file', file: '' } as never }
          }),
          concurrency: more.concurrency ?? 8,
          log: { level: 'silent' },
        },
        {
          clock: more.clock ?? clock,
          log,
          identity: fixedIdentity({ key: identity(name), certificate: '', providerKeys }),
          folder: '.',
          carriers: { bus: more.bus ?? bus, store: more.store ?? store },
          createBackend: async () => ({ verify: directory, ...changing(more) }),
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
    },
  }
}
