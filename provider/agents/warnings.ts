import { type WarningName, warningsOf } from '../../shared/warning.ts'
import type { HeldWarning } from '../../shared/warning-log.ts'
import type { HeardAgent } from '../broker/registry.ts'
import { isOlderVersion } from './older-version.ts'
import type { AgentRecord } from './record.ts'

/** One agent as a provider process sees it. */
export interface AgentSeen {
  readonly record: AgentRecord
  /** Nothing if it was never heard. */
  readonly heard?: Omit<HeardAgent, 'name'> | undefined
  /** Realms for which it is left alone, since others do better. */
  readonly outlierFor: readonly string[]
}

export interface Situation {
  /** Milliseconds since the epoch, as all times here. */
  readonly now: number
  /** When this process began to listen. */
  readonly since: number
  /** Of the provider's software. */
  readonly version: string
  readonly realms: readonly string[]
  readonly agents: readonly AgentSeen[]
  /** What other parts of the process have to warn of. */
  readonly others: readonly HeldWarning[]
  /** What is as it is meant to be here, and nothing to warn of. */
  readonly meant?: readonly WarningName[]
}

// Milliseconds. An agent that restarts, or is moved to another host, is back by then.
const silentAfter = 30_000
// A heartbeat of each agent has come in by then.
const settledAfter = 10_000
// Longer ago, it says nothing about now.
const recent = 30_000

const day = 86_400_000
// A certificate of seven days is renewed with more than two days left; an approval by a person.
const certificateEndsWithin = 2 * day
const approvalEndsWithin = 14 * day

// Five seconds is where an agent is asked nothing more.
const clockOffBy = 2_000

/** PURE. Everything that holds at this moment, agents in the order of their names. */
export function providerWarnings(situation: Situation): readonly HeldWarning[] {
  const { agents, realms, others, meant = [] } = situation
  const all = [
    ...realms.flatMap((realm) => ofRealm(realm, situation)),
    ...agents.flatMap((seen) => ofAgent(seen, situation)),
    ...others,
  ]
  return all.filter(({ name }) => !meant.includes(name))
}

/** PURE. Whether it may be asked, and is there to answer. */
export function isServing(seen: AgentSeen, realm: string, now: number): boolean {
  const { record, heard } = seen
  if (record.state !== 'approved' || now >= (record.approvedUntil ?? 0)) return false
  if (!record.realms.includes(realm) || !heard?.heartbeat.realms.includes(realm)) return false
  return heard.health === 'live'
}

function ofRealm(realm: string, { agents, now, since }: Situation): HeldWarning[] {
  const serving = agents.filter((seen) => isServing(seen, realm, now)).length
  if (serving > 1 || now - since < settledAfter) return []
  return [{ name: serving === 1 ? 'singleAgent' : 'noAgent', realm }]
}

function ofAgent(seen: AgentSeen, situation: Situation): HeldWarning[] {
  const { record } = seen
  const agent = record.name
  // Nothing is wrong about the silence of an agent that is not wanted any more.
  if (record.state === 'revoked') return []
  const found = new Map<WarningName, string | undefined>([
    ...ofDecision(record),
    ...ofEnds(record, situation),
    ...ofHearing(seen, situation),
  ])
  return [
    ...[...found].map(([name, detail]) => ({ name, agent, ...(detail && { detail }) })),
    ...seen.outlierFor.map((realm) => ({ name: 'outlier', agent, realm }) as const),
  ]
}

type HeardOne = NonNullable<AgentSeen['heard']>

type Found = readonly [WarningName, string | undefined]

function ofDecision({ state, quarantine }: AgentRecord): Found[] {
  if (state === 'pending') return [['pendingApproval', undefined]]
  if (state !== 'quarantined') return []
  return [['quarantined', quarantine && `${quarantine.reason}: ${quarantine.detail}`]]
}

function ofEnds(record: AgentRecord, { now }: Situation): Found[] {
  if (record.state !== 'approved' && record.state !== 'draining') return []
  const { certificateEnds = Infinity, approvedUntil = Infinity } = record
  const found: Found[] = []
  if (certificateEnds - now < certificateEndsWithin) {
    found.push(['certificateEnding', utc(certificateEnds)])
  }
  if (approvedUntil - now < approvalEndsWithin) found.push(['approvalEnding', utc(approvedUntil)])
  return found
}

function ofHearing({ record, heard }: AgentSeen, situation: Situation): Found[] {
  const { now, since, version } = situation
  const silentFor = now - (heard?.at ?? since)
  // One that is drained may go, and nobody has to know.
  if (record.state === 'approved' && silentFor > silentAfter) {
    const minutes = Math.floor(silentFor / 60_000)
    return [['agentSilent', heard ? `for ${minutes} min` : 'not once']]
  }
  if (heard === undefined || silentFor > recent) return []
  return ofHeartbeat(heard, version)
}

function ofHeartbeat({ heartbeat, clockAhead = 0 }: HeardOne, version: string): Found[] {
  const found: Found[] = warningsOf(heartbeat.warnings).map((name) => [name, undefined])
  if (Math.abs(clockAhead) > clockOffBy) {
    const side = clockAhead > 0 ? 'ahead of' : 'behind'
    found.push(['clockOff', `${Math.abs(clockAhead)} ms ${side} ours`])
  }
  if (isOlderVersion(heartbeat.version, version)) {
    found.push(['oldVersion', `${heartbeat.version}, the provider has ${version}`])
  }
  return found
}

function utc(time: number): string {
  return new Date(time).toISOString()
}
