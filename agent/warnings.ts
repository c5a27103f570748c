import type { WarningName } from '../shared/warning.ts'
import type { DirectoryCondition } from './condition.ts'

/** PURE. What an agent has to warn of, by what it alone can know. */
export interface AgentSituation {
  /** Milliseconds since the epoch, as all times here. */
  readonly now: number
  readonly directories: readonly DirectoryCondition[]
  /** Connections whose other end is not checked: what they lead to. */
  readonly unchecked: readonly string[]
  /** When its certificate ends. */
  readonly certificateEnds?: number | undefined
  /** Milliseconds that its clock was ahead of the provider's when they last spoke over HTTPS. */
  readonly clockAhead?: number | undefined
  readonly isProxyDown?: boolean | undefined
}

export interface AgentWarning {
  readonly name: WarningName
  readonly realm?: string
  /** For its own log; the heartbeat says the code alone. */
  readonly detail?: string
}

// Milliseconds. A search and a bind take some 5; a person notices a second.
const slow = 1_000

// One slow answer is an accident; one of an hour ago says nothing about now.
const fewestAnswers = 5
const lately = 5 * 60_000

// One failure may be a connection that broke.
const fewestFailures = 2

/** A certificate of seven days is renewed with more than two days left, so there is trouble. */
const certificateEndingWithin: number = 2 * 86_400_000

/** Milliseconds. From five seconds on the provider asks an agent nothing. */
export const clockOffBy = 2_000

export function agentWarnings(situation: AgentSituation): readonly AgentWarning[] {
  const { now, unchecked, certificateEnds, clockAhead = 0, isProxyDown } = situation
  const warnings: AgentWarning[] = situation.directories.flatMap((one) => ofDirectory(one, now))
  if (unchecked.length > 0) warnings.push({ name: 'noTlsCheck', detail: unchecked.join(', ') })
  if (Math.abs(clockAhead) > clockOffBy) {
    warnings.push({ name: 'clockOff', detail: `${clockAhead} ms ahead of the provider's` })
  }
  if (certificateEnds !== undefined && certificateEnds - now < certificateEndingWithin) {
    warnings.push({ name: 'certificateEnding', detail: new Date(certificateEnds).toISOString() })
  }
  if (isProxyDown) warnings.push({ name: 'proxyUnreachable' })
  return warnings
}

function ofDirectory(directory: DirectoryCondition, now: number): AgentWarning[] {
  const { realm, latency, answers, answeredAt, failures } = directory
  if (failures >= fewestFailures) {
    return [{ name: 'directoryUnreachable', realm, detail: `${failures} failures in a row` }]
  }
  if (answers < fewestAnswers || latency <= slow || now - answeredAt > lately) return []
  return [{ name: 'directorySlow', realm, detail: `${Math.round(latency)} ms` }]
}
