import { z } from 'zod'
import { type AgentState, agentStates } from '../../shared/enrolment.ts'
import { partName } from '../../shared/settings/fields.ts'
import { type Decoder, decoder } from '../../shared/wire.ts'
import { type Succession, successionSchema } from './succession.ts'

/** What the provider knows of one agent. Times in milliseconds since the epoch. */
export interface AgentRecord {
  readonly name: string
  /** Random; an agent that is enrolled again under its old name has another one. */
  readonly enrolment: string
  readonly realms: readonly string[]
  readonly state: AgentState
  /** SHA-256 of the key of the enrolment, in groups as people compare it. */
  readonly fingerprint: string
  /** As it calls itself. */
  readonly host?: string
  /** CIDRs it may come from; none means any. */
  readonly networks: readonly string[]
  readonly enrolledAt: number
  readonly approvedAt?: number
  readonly approvedUntil?: number
  readonly certificateEnds?: number
  readonly succession?: Succession
  readonly lastAddress?: string
  readonly quarantine?: Quarantine
  /** SHA-256, hex, as Redis' `ACL SETUSER #…` takes it. */
  readonly redisPasswordHash?: string
  /** Of two versions of a record the higher one holds. */
  readonly version: number
}

export interface Quarantine {
  readonly reason: QuarantineReason
  readonly at: number
  readonly detail: string
}

export type QuarantineReason = (typeof quarantineReasons)[number]
const quarantineReasons = [
  'canary',
  'twoAtOnce',
  'counterBack',
  'foreignNetwork',
  'disagreed',
] as const

/** The end of an enrolment, which nothing takes back. */
export interface Revocation {
  readonly enrolment: string
  readonly name: string
  readonly at: number
  /** Its record is to be forgotten, too. */
  readonly removed: boolean
}

/** All that is known of agents. Two such states can be merged, in any order and any number. */
export interface AgentsState {
  readonly records: readonly AgentRecord[]
  readonly revocations: readonly Revocation[]
}

export const noAgents: AgentsState = { records: [], revocations: [] }

/**
 * PURE. What two processes know together, in an order that does not depend on which is which.
 * Revocations are only ever added, and of each agent's record the newer version stays: whoever plays
 * back an old state of the store changes nothing for a process that knows better.
 */
export function merge(one: AgentsState, other: AgentsState): AgentsState {
  const revocations = new Map<string, Revocation>()
  for (const each of [...one.revocations, ...other.revocations]) {
    const before = revocations.get(each.enrolment)
    revocations.set(each.enrolment, before === undefined ? each : together(before, each))
  }
  const records = new Map<string, AgentRecord>()
  for (const each of [...one.records, ...other.records]) {
    const revocation = revocations.get(each.enrolment)
    if (revocation?.removed) continue
    const record = revocation === undefined ? each : asRevoked(each)
    const before = records.get(each.name)
    records.set(each.name, before === undefined ? record : holding(before, record))
  }
  return {
    records: [...records.values()].toSorted((a, b) => compare(a.name, b.name)),
    revocations: [...revocations.values()].toSorted((a, b) => compare(a.enrolment, b.enrolment)),
  }
}

function together(a: Revocation, b: Revocation): Revocation {
  return { ...a, at: Math.min(a.at, b.at), removed: a.removed || b.removed }
}

function asRevoked(record: AgentRecord): AgentRecord {
  return record.state === 'revoked' ? record : { ...record, state: 'revoked' }
}

function holding(a: AgentRecord, b: AgentRecord): AgentRecord {
  // A name that was given to somebody else since: its old owner never comes back.
  if (a.enrolment !== b.enrolment && (a.state === 'revoked') !== (b.state === 'revoked')) {
    return a.state === 'revoked' ? b : a
  }
  if (a.version !== b.version) return a.version > b.version ? a : b
  // Two processes changed it at once. Any will do, as long as all take the same.
  return compare(JSON.stringify(a), JSON.stringify(b)) > 0 ? a : b
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

const text = z.string().max(1000)
const time = z.int().nonnegative()

const quarantine: z.ZodType<Quarantine> = z.strictObject({
  reason: z.enum(quarantineReasons),
  at: time,
  detail: text,
})

const record: z.ZodType<AgentRecord> = z.strictObject({
  name: partName,
  enrolment: text,
  realms: z.array(partName),
  state: z.enum(agentStates),
  fingerprint: text,
  host: text.exactOptional(),
  networks: z.array(text),
  enrolledAt: time,
  approvedAt: time.exactOptional(),
  approvedUntil: time.exactOptional(),
  certificateEnds: time.exactOptional(),
  succession: successionSchema.exactOptional(),
  lastAddress: text.exactOptional(),
  quarantine: quarantine.exactOptional(),
  redisPasswordHash: text.exactOptional(),
  version: time,
})

export const revocationSchema: z.ZodType<Revocation> = z.strictObject({
  enrolment: text,
  name: partName,
  at: time,
  removed: z.boolean(),
})

const state: z.ZodType<AgentsState> = z.strictObject({
  records: z.array(record),
  revocations: z.array(revocationSchema),
})

export const decodeRevocation: Decoder<Revocation> = decoder('revocation', revocationSchema)
export const decodeAgentsState: Decoder<AgentsState> = decoder('state of the agents', state)
