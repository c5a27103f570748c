import {
  type Severity,
  type WarningCode,
  type WarningName,
  warningText,
} from '../../shared/warning.ts'
import type { HeldWarning } from '../../shared/warning-log.ts'
import type { Health } from '../broker/health.ts'
import type { AgentRecord } from './record.ts'
import { type AgentSeen, isServing, providerWarnings, type Situation } from './warnings.ts'

/**
 * How things stand with agents, as `postern agents list` and `show` print it. Stable: what is here
 * may be read by programs. Times are ISO 8601 in UTC, durations milliseconds.
 */
export interface AgentsStatus {
  readonly at: string
  readonly realms: readonly RealmStatus[]
  readonly agents: readonly AgentStatus[]
  /** Of no realm and no agent. */
  readonly warnings: readonly WarningStatus[]
}

export interface RealmStatus {
  readonly name: string
  /** Agents that may be asked and are there to answer. */
  readonly live: number
  readonly warnings: readonly WarningStatus[]
}

export interface AgentStatus {
  readonly name: string
  readonly realms: readonly string[]
  readonly state: AgentRecord['state']
  /** `silent` if nothing was heard of it since this process listens. */
  readonly health: Health | 'silent'
  readonly fingerprint: string
  readonly enrolment: string
  readonly host?: string
  readonly address?: string
  readonly networks: readonly string[]
  readonly version?: string
  readonly heardAgo?: number
  readonly clockAhead?: number
  readonly inFlight?: number
  readonly limit?: number
  /** Ids of the provider's keys that it has pinned. */
  readonly trusts?: readonly string[]
  readonly enrolledAt: string
  readonly approvedAt?: string
  readonly approvedUntil?: string
  readonly certificateEnds?: string
  readonly quarantine?: { readonly reason: string; readonly at: string; readonly detail: string }
  readonly warnings: readonly WarningStatus[]
}

export interface WarningStatus {
  readonly code: WarningCode
  readonly name: WarningName
  readonly severity: Severity
  readonly title: string
  readonly advice: string
  readonly realm?: string
  readonly detail?: string
}

/** PURE. */
export function agentsStatus(situation: Situation): AgentsStatus {
  const held = providerWarnings(situation)
  const { now, realms, agents } = situation
  return {
    at: utc(now),
    realms: realms.map((name) => ({
      name,
      live: agents.filter((seen) => isServing(seen, name, now)).length,
      warnings: about(held, ({ agent, realm }) => agent === undefined && realm === name),
    })),
    agents: agents.map((seen) => ({
      ...ofRecord(seen.record),
      ...ofHearing(seen, now),
      warnings: about(held, ({ agent }) => agent === seen.record.name),
    })),
    warnings: about(held, ({ agent, realm }) => agent === undefined && realm === undefined),
  }
}

function about(
  held: readonly HeldWarning[],
  isAbout: (warning: HeldWarning) => boolean,
): WarningStatus[] {
  return held.filter(isAbout).map(({ name, realm, detail }) => {
    const { code, severity, title, advice } = warningText(name)
    const more = { ...(realm !== undefined && { realm }), ...(detail !== undefined && { detail }) }
    return { code, name, severity, title, advice, ...more }
  })
}

function ofRecord(record: AgentRecord) {
  const { name, realms, state, fingerprint, enrolment, networks, host, lastAddress } = record
  const { quarantine, enrolledAt } = record
  return {
    name,
    realms,
    state,
    fingerprint,
    enrolment,
    networks,
    ...(host !== undefined && { host }),
    ...(lastAddress !== undefined && { address: lastAddress }),
    enrolledAt: utc(enrolledAt),
    ...times(record, ['approvedAt', 'approvedUntil', 'certificateEnds']),
    ...(quarantine && { quarantine: { ...quarantine, at: utc(quarantine.at) } }),
  }
}

function times<K extends keyof AgentRecord>(record: AgentRecord, names: readonly K[]) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const time = record[name]
      return typeof time === 'number' ? [[name, utc(time)]] : []
    }),
  ) as Partial<Record<K, string>>
}

function ofHearing({ heard }: AgentSeen, now: number) {
  if (heard === undefined) return { health: 'silent' } as const
  const { health, heartbeat, at, clockAhead } = heard
  const { version, inFlight, limit, trusts } = heartbeat
  const clock = clockAhead === undefined ? {} : { clockAhead }
  return { health, heardAgo: now - at, ...clock, version, inFlight, limit, trusts }
}

function utc(time: number): string {
  return new Date(time).toISOString()
}
