import { expect } from 'chai'
import { randomId, systemClock } from '../../../shared/clock.ts'

describe('the system clock', () => {
  it('gives as many bytes as were asked for, few or many', () => {
    for (const size of [0, 1, 12, 4_095, 4_096, 4_097, 100_000]) {
      expect(systemClock.randomBytes(size)).to.have.length(size)
    }
  })

  it('never gives the same bytes twice, however many it hands out', () => {
    const given = Array.from({ length: 5_000 }, () => systemClock.randomBytes(12).toString('hex'))
    expect(new Set(given).size).to.equal(given.length)
    expect(given).not.to.include('0'.repeat(24))
  })

  it('keeps its hands off bytes it has given away', () => {
    const mine = systemClock.randomBytes(16)
    const before = mine.toString('hex')
    for (let more = 0; more < 1_000; more += 1) systemClock.randomBytes(16)
    expect(mine.toString('hex')).to.equal(before)
  })

  it('makes ids of 22 characters that fit into an address', () => {
    expect(randomId(systemClock)).to.match(/^[\w-]{22}$/)
  })
})
