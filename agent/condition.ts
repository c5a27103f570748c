import type { Clock } from '../shared/clock.ts'
import type { Outcome, UnavailableReason } from '../shared/outcome.ts'

/** How this agent's directories have done lately, one for each realm. */
export interface Condition {
  /** @param milliseconds that the directory took */
  answered(realm: string, outcome: Outcome, milliseconds: number): void
  directories(): readonly DirectoryCondition[]
}

export interface DirectoryCondition {
  readonly realm: string
  /** Milliseconds, smoothed; of answers, not of failures. */
  readonly latency: number
  /** Answers that the latency comes from. */
  readonly answers: number
  /** Milliseconds since the epoch of the newest of them. */
  readonly answeredAt: number
  /** Questions in a row that it did not answer. */
  readonly failures: number
}

// Weight of the newest answer: a slow directory is noticed within some ten answers, one slow
// answer alone moves little.
const newest = 0.2

// What is not the directory's doing says nothing about it.
const ofDirectory: readonly UnavailableReason[] = [
  'directoryDown',
  'directoryTimeout',
  'serviceAccount',
  'misconfigured',
]

export function createCondition(realms: readonly string[], clock: Clock): Condition {
  const fresh = { latency: 0, answers: 0, answeredAt: 0, failures: 0 }
  const all = new Map<string, DirectoryCondition>(
    realms.map((realm) => [realm, { realm, ...fresh }]),
  )
  return {
    answered: (realm, outcome, milliseconds) => {
      const before = all.get(realm) ?? { realm, ...fresh }
      if (outcome.name !== 'unavailable') {
        const { answers, latency } = before
        const smoothed = answers === 0 ? milliseconds : latency + newest * (milliseconds - latency)
        const now = clock.now()
        const after = { realm, latency: smoothed, answers: answers + 1, answeredAt: now }
        all.set(realm, { ...after, failures: 0 })
      } else if (ofDirectory.includes(outcome.reason)) {
        all.set(realm, { ...before, failures: before.failures + 1 })
      }
    },
    directories: () => [...all.values()],
  }
}
