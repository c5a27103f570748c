import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'

/**
 * Makes a bind for nobody last as long as one for somebody with a wrong password. A directory takes
 * its time for a hash and for counting, and for a name that does not exist it does neither: who
 * measures could tell which names exist.
 */
export interface Pace {
  /** Milliseconds that the directory took to refuse somebody's password. */
  refused(milliseconds: number): void
  /** Waits, once a bind for nobody has taken `milliseconds`, until it has lasted like another. */
  linger(milliseconds: number, signal: AbortSignal): Promise<void>
}

const remembered = 64

export function createPace(clock: Clock): Pace {
  const lately: number[] = []

  // One of those that there were, and not their middle: a time that is always the same tells, too.
  function anyOfThem(): number {
    return lately[clock.randomBytes(1).readUInt8() % lately.length] ?? 0
  }

  return {
    refused: (milliseconds) => {
      lately.push(milliseconds)
      if (lately.length > remembered) lately.shift()
    },
    linger: async (milliseconds, signal) => {
      const left = anyOfThem() - milliseconds
      if (left > 0) await sleep(left, undefined, { signal }).catch(() => {})
    },
  }
}
