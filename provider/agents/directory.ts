import type { Bus, BusEntry } from '../../shared/bus.ts'
import type { Clock } from '../../shared/clock.ts'
import { sign } from '../../shared/envelope-signature.ts'
import { asFault } from '../../shared/fault.ts'
import { streams } from '../../shared/keys.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import type { ChannelKeys } from '../broker/channel-keys.ts'
import type { Journal } from './journal.ts'
import { keepLooking } from './keep-looking.ts'
import { createKnowledge, type Knowledge } from './knowledge.ts'
import { createLock } from './lock.ts'
import {
  type AgentRecord,
  type AgentsState,
  decodeAgentsState,
  decodeRevocation,
  noAgents,
  type QuarantineReason,
  type Revocation,
} from './record.ts'
import { createSignedByUs, newestOf } from './signed-by-us.ts'

/**
 * The agents that are known, as of half a second ago at most. Memory decides; the store only
 * carries what other processes have to say, sealed, and can be wiped, rolled back or blocked
 * without undoing what this process knows. What is missing there is put back.
 */
export interface AgentDirectory {
  find(name: string): AgentRecord | undefined
  all(): readonly AgentRecord[]
  revocations(): readonly Revocation[]
  isRevoked(enrolment: string): boolean
  /**
   * Replaces a record by what `to` makes of it, here at once and elsewhere within half a second.
   * @throws Fault `unknownAgent`, `storeDown`, and whatever `to` throws
   */
  change(name: string, to: (record: AgentRecord) => Changed): Promise<AgentRecord>
  /**
   * Adds a record, or replaces one.
   * @param make gives `undefined` to leave all as it is, which is then the answer
   */
  put(
    name: string,
    make: (before: AgentRecord | undefined) => Changed | undefined,
  ): Promise<AgentRecord | undefined>
  /** Nothing more is sealed to it and nothing it says is believed; here at once. */
  quarantine(name: string, reason: QuarantineReason, detail: string): Promise<void>
  /**
   * Ends the agent's enrolment for good; here at once.
   * @throws Fault `unknownAgent`, `storeDown`, `busDown`
   */
  revoke(name: string, options: { removed: boolean }): Promise<Revocation>
  /** Tells the other processes again. */
  repeat(revocation: Revocation): Promise<void>
  /** Takes in what is known for certain from elsewhere, and puts it into the store. */
  learn(news: AgentsState): void
  /** Called after each change of what is known. */
  onNews(tell: () => void): void
  stop(): Promise<void>
}

/** A record without what the directory sees to. */
export type Changed = Omit<AgentRecord, 'version'>

export interface DirectoryParts {
  /** Sealed. */
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly journal: Journal
  readonly channelKeys: ChannelKeys
}

// Milliseconds. With the push through the bus this only decides how long somebody who deletes
// entries there can keep a change from us.
const lookEvery = 500

// Entries: revocations that were said while this process was starting.
const backlog = 200

/** @throws Fault `storeDown`, and `settings` if the journal cannot be read */
export async function openDirectory(parts: DirectoryParts): Promise<AgentDirectory> {
  const { bus, log } = parts
  const knowledge = await createKnowledge(parts)
  const { refresh, save } = createExchange(parts, knowledge)
  await refresh()
  const looking = keepLooking(refresh, lookEvery, log)
  const { onEntry, onError } = createListening(parts, knowledge, () => looking.now())
  const subscription = bus.follow(streams.agents, { backlog, onError }, onEntry)
  knowledge.onNews(() => looking.now())

  return {
    find: (name) => knowledge.find(name),
    all: () => knowledge.now().records,
    revocations: () => knowledge.now().revocations,
    isRevoked: (enrolment) => knowledge.isRevoked(enrolment),
    ...createChanges(parts, knowledge, save),
    ...createRevoking(parts, knowledge, save),
    learn: (news) => knowledge.learn(news),
    onNews: (tell) => knowledge.onNews(tell),
    stop: async () => {
      await Promise.all([looking.stop(), subscription.stop()])
      await knowledge.written()
    },
  }
}

/** Makes a decision while no other process makes one, and puts what is known then into the store. */
type Save = <T>(decide: () => T) => Promise<T>

function createChanges(
  { clock }: DirectoryParts,
  knowledge: Knowledge,
  save: Save,
): Pick<AgentDirectory, 'change' | 'put' | 'quarantine'> {
  function replace(before: AgentRecord | undefined, changed: Changed): AgentRecord {
    const version = Math.max((before?.version ?? 0) + 1, clock.now())
    knowledge.learn({ ...noAgents, records: [{ ...changed, version }] })
    return knowledge.existing(changed.name)
  }

  return {
    change: (name, to) =>
      save(() => {
        const before = knowledge.existing(name)
        return replace(before, to(before))
      }),
    put: (name, make) =>
      save(() => {
        const before = knowledge.find(name)
        const changed = make(before)
        return changed && replace(before, changed)
      }),
    quarantine: async (name, reason, detail) => {
      const before = knowledge.existing(name)
      if (before.state === 'quarantined' || before.state === 'revoked') return
      const quarantine = { reason, detail, at: clock.now() }
      replace(before, { ...before, state: 'quarantined', quarantine })
      await save(() => undefined)
    },
  }
}

function createRevoking(
  { bus, clock, channelKeys }: DirectoryParts,
  knowledge: Knowledge,
  save: Save,
): Pick<AgentDirectory, 'revoke' | 'repeat'> {
  async function repeat(revocation: Revocation): Promise<void> {
    const by = newestOf(channelKeys)
    const signed = await sign('postern-revocation', JSON.stringify(revocation), by)
    await bus.add(streams.agents, { revocation: signed })
    await save(() => undefined)
  }

  return {
    repeat,
    revoke: async (name, { removed }) => {
      const { enrolment } = knowledge.existing(name)
      const revocation = { enrolment, name, at: clock.now(), removed }
      knowledge.learn({ ...noAgents, revocations: [revocation] })
      await repeat(revocation)
      return revocation
    },
  }
}

const key = 'agents:all'

/** What goes to and fro between memory and store. */
function createExchange({ store, bus, clock, log }: DirectoryParts, knowledge: Knowledge) {
  const lock = createLock({ store, clock, name: 'agents-lock:all' })

  async function take(): Promise<{ isAll: boolean }> {
    const stored = await read()
    knowledge.learn(stored)
    return { isAll: knowledge.isAllOf(stored) }
  }

  async function read(): Promise<AgentsState> {
    try {
      const text = await store.get(key)
      return text === undefined ? noAgents : decodeAgentsState(text)
    } catch (thrown) {
      const { kind, code } = asFault(thrown)
      if (kind === 'storeDown') throw thrown
      log.error({ faultCode: code }, 'what the store says of agents is not ours, and is replaced')
      return noAgents
    }
  }

  // Read again under the lock, so that no process undoes what another has just written.
  async function save<T>(decide: () => T): Promise<T> {
    const decided = await lock(async () => {
      const stored = await read()
      knowledge.learn(stored)
      const result = decide()
      if (!knowledge.isAllOf(stored)) await store.set(key, JSON.stringify(knowledge.now()))
      return result
    })
    await bus.add(streams.agents, { changed: key })
    return decided
  }

  return {
    save,
    refresh: async () => {
      const { isAll } = await take()
      if (!isAll) await save(() => undefined)
    },
  }
}

function createListening(parts: DirectoryParts, knowledge: Knowledge, look: () => void) {
  const { channelKeys, log } = parts
  const signedByUs = createSignedByUs(channelKeys)
  return {
    onEntry: async ({ revocation }: BusEntry) => {
      look()
      if (revocation === undefined) return
      const text = await signedByUs('postern-revocation', revocation)
      knowledge.learn({ ...noAgents, revocations: [decodeRevocation(text)] })
    },
    onError: (thrown: unknown) => {
      const { code, message } = asFault(thrown)
      log.debug({ faultCode: code, detail: message }, 'an entry about agents was refused')
    },
  }
}
