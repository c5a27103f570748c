import { expect } from 'chai'
import { array, assert, nat, property } from 'fast-check'
import {
  type Guess,
  type GuessEntry,
  judge,
  mostEntries,
  type Tally,
  tallyOf,
  waitAfter,
  waitLeft,
} from '../../../../provider/mfa/guessing.ts'

const none: Tally = { wrong: 0, last: 0 }
const guess = (id: string, at: number, before = none): Guess => ({ id, at, before })
const many = (count: number, at: number) =>
  Array.from({ length: count }, (_, number) => guess(`${at}-${number}`, at))

describe('guessing', () => {
  it('looks at five at once, and at no more', () => {
    const entries = many(100, 1_000)
    const lookedAt = entries.filter(({ id }) => judge(entries, id).isLookedAt)
    expect(lookedAt.map(({ id }) => id)).to.deep.equal(entries.slice(0, 5).map(({ id }) => id))
    expect(tallyOf(entries)).to.deep.equal({ wrong: 5, last: 1_000 })
  })

  it('waits longer every time, up to an hour', () => {
    const waits = Array.from({ length: 16 }, (_, wrong) => waitAfter(wrong))
    const growing = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    expect(waits).to.deep.equal([0, 0, 0, 0, 0, ...growing])
  })

  it('looks at one more when the wait is over, and at no second one', () => {
    const first = many(5, 0)
    const entries = [...first, guess('early', 9_999), guess('late', 10_000), guess('both', 10_000)]
    expect(judge(entries, 'early').isLookedAt).to.equal(false)
    expect(judge(entries, 'late')).to.deep.equal({
      isLookedAt: true,
      tally: { wrong: 6, last: 10_000 },
    })
    expect(judge(entries, 'both').isLookedAt).to.equal(false)
    expect(waitLeft(tallyOf(entries), 10_000)).to.equal(20)
  })

  it('does not count what is forgiven', () => {
    const entries = [...many(5, 0), { forgiven: '0-2' }, guess('next', 0), guess('sixth', 0)]
    expect(judge(entries, 'next').isLookedAt).to.equal(true)
    expect(judge(entries, 'sixth').isLookedAt).to.equal(false)
  })

  it('remembers what the list has dropped', () => {
    const before = { wrong: 12, last: 5_000 }
    const forgiven = Array.from({ length: mostEntries / 2 }, (_, number): GuessEntry[] => [
      guess(`f${number}`, 6_000, before),
      { forgiven: `f${number}` },
    ])
    expect(tallyOf(forgiven.flat())).to.deep.equal(before)
    expect(tallyOf(forgiven.flat().slice(1))).to.deep.equal(none)
  })

  it('does not look at one that is not in the list', () => {
    expect(judge(many(3, 0), 'dropped').isLookedAt).to.equal(false)
  })

  it('decides the same about a guess, whatever comes after it', () => {
    const times = array(nat(3_600_000), { maxLength: 60 })
    assert(
      property(times, nat(59), (at, cut) => {
        const entries = at.map((each, number) => guess(String(number), each))
        for (const { id } of entries.slice(0, cut)) {
          expect(judge(entries.slice(0, cut), id)).to.deep.equal(judge(entries, id))
        }
      }),
    )
  })

  it('looks at fewer than 20 in the first hour, however they come', () => {
    const times = array(nat(3_599_999), { maxLength: 300 })
    assert(
      property(times, (at) => {
        const sorted = at.toSorted((one, other) => one - other)
        const entries = sorted.map((each, number) => guess(String(number), each))
        expect(tallyOf(entries).wrong).to.be.lessThan(20)
      }),
    )
  })
})
