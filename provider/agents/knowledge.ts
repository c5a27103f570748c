import { asFault, Fault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { Journal } from './journal.ts'
import { type AgentRecord, type AgentsState, decodeAgentsState, merge, noAgents } from './record.ts'

/**
 * What this process knows of agents, in memory, where nobody who writes to the store can change it.
 * It only grows newer. What has to outlive the process goes into the journal.
 */
export interface Knowledge {
  now(): AgentsState
  find(name: string): AgentRecord | undefined
  /** @throws Fault `unknownAgent` */
  existing(name: string): AgentRecord
  isRevoked(enrolment: string): boolean
  learn(news: AgentsState): void
  isAllOf(state: AgentsState): boolean
  /** Called after each change. */
  onNews(tell: () => void): void
  /** Resolves once the journal has all of it. */
  written(): Promise<void>
}

/** @throws Fault `settings` if the journal cannot be read */
export async function createKnowledge(parts: {
  journal: Journal
  log: Logger
}): Promise<Knowledge> {
  const { journal, log } = parts
  const listeners: (() => void)[] = []
  let known = await journal.read()
  let { byName, revoked } = indexed(known)
  let writing: Promise<void> = Promise.resolve()

  async function write(before: Promise<void>, news: AgentsState): Promise<void> {
    await before
    try {
      await journal.add(news)
    } catch (thrown) {
      const { code, message } = asFault(thrown)
      log.error({ faultCode: code, detail: message }, 'a change of agents was not written down')
    }
  }

  const isAllOf = (state: AgentsState) => JSON.stringify(state) === JSON.stringify(known)

  return {
    now: () => known,
    find: (name) => byName.get(name),
    existing: (name) => {
      const record = byName.get(name)
      if (record === undefined) throw new Fault('unknownAgent', `there is no agent ${name}`)
      return record
    },
    isRevoked: (enrolment) => revoked.has(enrolment),
    learn: (news) => {
      // Decoded, so that what is made here compares equal to what comes back from the store.
      const after = merge(known, decodeAgentsState(JSON.stringify(news)))
      if (isAllOf(after)) return
      const toWrite = lasting(known, after)
      known = after
      ;({ byName, revoked } = indexed(after))
      if (toWrite !== undefined) writing = write(writing, toWrite)
      for (const tell of listeners) tell()
    },
    isAllOf,
    onNews: (tell) => void listeners.push(tell),
    written: () => writing,
  }
}

function indexed({ records, revocations }: AgentsState) {
  const byName: ReadonlyMap<string, AgentRecord> = new Map(records.map((one) => [one.name, one]))
  const revoked: ReadonlySet<string> = new Set(revocations.map(({ enrolment }) => enrolment))
  return { byName, revoked }
}

/** What is new and has to outlive the process: not each address that an agent came from. */
function lasting(before: AgentsState, after: AgentsState): AgentsState | undefined {
  const states = new Map(before.records.map((record) => [record.name, stateOf(record)]))
  const records = after.records.filter((record) => states.get(record.name) !== stateOf(record))
  const old = new Set(before.revocations.map((each) => JSON.stringify(each)))
  const revocations = after.revocations.filter((each) => !old.has(JSON.stringify(each)))
  const isNothing = records.length === 0 && revocations.length === 0
  return isNothing ? undefined : { ...noAgents, records, revocations }
}

function stateOf({ enrolment, state, approvedUntil }: AgentRecord): string {
  return `${enrolment} ${state} ${approvedUntil}`
}
