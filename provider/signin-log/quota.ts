import { type Lane, mostOf } from './record-lists.ts'

/** How much one process keeps of each quarter of an hour, so that Redis cannot be filled up. */
export interface Quota {
  /** Counts one more; false if that is too many. */
  admits(lane: Lane, period: number): boolean
}

export function createQuota(): Quota {
  const taken = new Map<Lane, { period: number; count: number }>()
  return {
    admits: (lane, period) => {
      const before = taken.get(lane)
      const count = before?.period === period ? before.count + 1 : 1
      taken.set(lane, { period, count })
      return count <= mostOf[lane]
    },
  }
}
