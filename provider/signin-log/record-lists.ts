import type { SignInRecord } from './sign-in-record.ts'

/**
 * Where records are kept. A store has no search, so each list stands under a key that whoever looks
 * for it can build: a quarter of an hour, or a person.
 */
export interface RecordList {
  readonly key: string
  /** Batches; beyond, the oldest go. */
  readonly max: number
}

/** Milliseconds. */
const span = 15 * 60_000

/**
 * What anybody can cause stands apart from what only somebody who has signed in can: so that nobody
 * fills up the lists by guessing passwords.
 */
export type Lane = 'known' | 'failed'

/** Records that one process keeps of each quarter of an hour. */
export const mostOf: Readonly<Record<Lane, number>> = { known: 2_000, failed: 500 }

// For about ten such processes; the list says itself what each of them has left out.
const mostBatches = 20_000

/** Of each person, each lane: of the newest batches. */
const mostOfPerson: Readonly<Record<Lane, number>> = { known: 50, failed: 20 }

export function laneOf(record: SignInRecord): Lane {
  return record.kind === 'check' && record.outcome !== 'ok' ? 'failed' : 'known'
}

/** The quarter of an hour that a moment is in. */
export function periodOf(at: number): number {
  return Math.floor(at / span)
}

export function periodList(lane: Lane, period: number): RecordList {
  return { key: `sign-in-records:${lane}:${period}`, max: mostBatches }
}

/** All that lie between two moments, both included. */
export function periodLists(lane: Lane, since: number, until: number): readonly RecordList[] {
  const first = periodOf(since)
  const count = Math.max(0, periodOf(until) - first + 1)
  return Array.from({ length: count }, (_, at) => periodList(lane, first + at))
}

export function personList(lane: Lane, sub: string): RecordList {
  return { key: `sign-ins-of:${lane}:${sub}`, max: mostOfPerson[lane] }
}
