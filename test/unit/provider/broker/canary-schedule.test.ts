import { expect } from 'chai'
import { canarySchedule } from '../../../../provider/broker/canary-schedule.ts'

const key = Buffer.alloc(32, 1)

/** Milliseconds at which an agent gets its canaries in so many slots. */
function times(perHour: number, slots: number, agent = 'a', by = key): number[] {
  const schedule = canarySchedule(by, perHour)
  return Array.from({ length: slots }, (_, n) => {
    const moment = schedule.momentIn(n, agent)
    return moment === undefined ? [] : [n * schedule.slot + moment]
  }).flat()
}

describe('the times of canaries', () => {
  it('are as many in an hour as the setting says', () => {
    for (const [perHour, slots] of [
      [6, 8_000],
      [60, 8_000],
      [600, 8_000],
    ] as const) {
      const { slot } = canarySchedule(key, perHour)
      const found = (times(perHour, slots).length / (slots * slot)) * 3_600_000
      expect(found / perHour, `${perHour} an hour`).to.be.within(0.9, 1.1)
    }
  })

  it('have gaps that tell nothing of the next one: as spread as exponential ones are', () => {
    const all = times(6, 10_000)
    const gaps = all.slice(1).map((time, index) => time - (all[index] ?? 0))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
    expect(mean / 600_000).to.be.within(0.9, 1.1)
    expect(spread / mean).to.be.within(0.9, 1.1)
    for (const means of [1, 2]) {
      const share = gaps.filter((gap) => gap > means * mean).length / gaps.length
      expect(share).to.be.closeTo(Math.exp(-means), 0.03)
    }
  })

  it('are the same for every process with the key, and other ones with another', () => {
    expect(times(60, 500)).to.deep.equal(times(60, 500))
    expect(times(60, 500)).not.to.deep.equal(times(60, 500, 'a', Buffer.alloc(32, 2)))
  })

  it('are those of one agent alone', () => {
    expect(times(60, 500, 'a')).not.to.deep.equal(times(60, 500, 'b'))
  })

  it('lie within their slot', () => {
    const schedule = canarySchedule(key, 600)
    const moments = Array.from({ length: 2_000 }, (_, n) => schedule.momentIn(n, 'a') ?? 0)
    expect(Math.min(...moments)).to.be.at.least(0)
    expect(Math.max(...moments)).to.be.below(schedule.slot)
  })
})
