import { createHmac } from 'node:crypto'

/**
 * PURE. When an agent gets its canaries: at times that nobody can foretell without the data key,
 * and that every provider process finds to be the same ones, so that nothing has to be agreed
 * upon. Time is cut into slots; each holds a canary by chance, somewhere in it. Over many slots
 * that makes the gaps exponential: that one has just been is no sign that none comes soon.
 */
export interface CanarySchedule {
  /** Milliseconds. Slot `n` begins at `n * slot` after the epoch. */
  readonly slot: number
  /** Milliseconds into slot `n` at which the agent gets one; nothing if it gets none in it. */
  momentIn(n: number, agent: string): number | undefined
}

const hour = 3_600_000

// Milliseconds. A slot is also how long before its time a canary is taken by one process.
const longestSlot = 60_000
const shortestSlot = 50

/**
 * @param key secret, the same in every provider process
 * @param perHour above 0
 */
export function canarySchedule(key: Buffer, perHour: number): CanarySchedule {
  const gap = hour / perHour
  // Two in one slot are not to be had, so slots are short beside the gap.
  const slot = Math.round(Math.min(longestSlot, Math.max(shortestSlot, gap / 10)))
  return {
    slot,
    momentIn: (n, agent) => {
      const hash = createHmac('sha256', key).update(`canary ${n} ${agent}`).digest()
      const isOne = hash.readUInt32BE(0) / 2 ** 32 < slot / gap
      return isOne ? Math.floor((hash.readUInt32BE(4) / 2 ** 32) * slot) : undefined
    },
  }
}
