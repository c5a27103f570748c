import { type Clock, systemClock } from '../../shared/clock.ts'

/** The real clock, put forward: for parts that also compare with times a library has taken. */
export interface MovedClock extends Clock {
  advance(milliseconds: number): void
}

export function movedClock(): MovedClock {
  let ahead = 0
  return {
    now: () => systemClock.now() + ahead,
    randomBytes: (size) => systemClock.randomBytes(size),
    advance: (milliseconds) => {
      ahead += milliseconds
    },
  }
}
