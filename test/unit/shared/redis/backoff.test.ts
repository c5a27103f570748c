import { expect } from 'chai'
import type { Clock } from '../../../../shared/clock.ts'
import { backoff } from '../../../../shared/redis/backoff.ts'

const clock = (chance: number): Clock => ({
  now: () => 0,
  randomBytes: (size) => Buffer.alloc(size, chance),
})
const tries = [1, 2, 3, 6, 7, 100, 5_000]

describe('backoff', () => {
  it('doubles to two seconds and stays there', () => {
    expect(tries.map((count) => backoff(count, clock(255)))).to.deep.equal([
      50, 100, 200, 1_600, 2_000, 2_000, 2_000,
    ])
  })

  it('leaves half of it to chance', () => {
    expect(tries.map((count) => backoff(count, clock(0)))).to.deep.equal([
      25, 50, 100, 800, 1_000, 1_000, 1_000,
    ])
  })
})
