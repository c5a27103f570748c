import { randomBytes } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'

/** A clock that stands still until it is moved; its randomness is real. */
export interface StoppedClock extends Clock {
  advance(milliseconds: number): void
}

export function stoppedClock(start: number = Date.UTC(2026, 0, 1)): StoppedClock {
  let now = start
  return {
    now: () => now,
    randomBytes: (size) => randomBytes(size),
    advance: (milliseconds) => {
      now += milliseconds
    },
  }
}
