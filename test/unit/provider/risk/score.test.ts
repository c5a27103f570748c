import { expect } from 'chai'
import * as fc from 'fast-check'
import {
  type FactName,
  levelPoints,
  type RiskLevel,
  riskRules,
} from '../../../../provider/risk/rules.ts'
import { higher, type RiskFacts, score, scoreText } from '../../../../provider/risk/score.ts'

const names = [...new Set(riskRules.map(({ fact }) => fact))]
const levels: readonly RiskLevel[] = ['none', ...levelPoints.map(({ level }) => level)]
const rank = (level: RiskLevel): number => levels.indexOf(level)

const facts: fc.Arbitrary<RiskFacts> = fc.dictionary(
  fc.constantFrom<FactName>(...names),
  fc.nat({ max: 100 }),
)
const reason = fc.record({ points: fc.nat({ max: 100 }), text: fc.constant('so') })
const reasons = fc.array(
  reason.map((each) => ({ fact: 'module', ...each })),
  { maxLength: 4 },
)

describe('score of risk', () => {
  it('is none where there is nothing to say, or nothing could be told', () => {
    for (const given of [{}, { unknownDevice: 0, newCountry: 0, lockouts: 0 }]) {
      const { signIn, user } = score(given)
      expect(signIn).to.deep.equal({ level: 'none', points: 0, because: [] })
      expect(user).to.deep.equal({ level: 'none', points: 0, because: [] })
    }
  })

  it('adds up, and says what gave how many points', () => {
    const { signIn } = score({ unknownDevice: 1, newCountry: 1 })
    expect(signIn).to.deep.include({ level: 'medium', points: 55 })
    expect(scoreText(signIn)).to.equal('medium, 55 points: newCountry 30, unknownDevice 25')
  })

  it('counts of one fact the strongest row alone', () => {
    expect(score({ addressFailures: 9 }).signIn.points).to.equal(0)
    expect(score({ addressFailures: 10 }).signIn.points).to.equal(25)
    expect(score({ addressFailures: 60 }).signIn.because).to.have.length(1)
    expect(score({ addressFailures: 60 }).signIn.points).to.equal(50)
  })

  it('tells the sign-in from the person', () => {
    const { signIn, user } = score({ lockouts: 3 })
    expect([signIn.level, user.level]).to.deep.equal(['none', 'medium'])
  })

  it('does not take one fact alone for high, but the word of the person', () => {
    expect(score({ disownedSignIns: 1 }).user.level).to.equal('high')
    for (const fact of names.filter((name) => name !== 'disownedSignIns')) {
      const { signIn, user } = score({ [fact]: 1_000 })
      expect([signIn.level, user.level], fact).to.not.include('high')
    }
  })

  it('is the sum of its reasons, each of them more than nothing', () => {
    fc.assert(
      fc.property(facts, reasons, reasons, (given, signIn, user) => {
        for (const one of Object.values(score(given, { signIn, user }))) {
          expect(one.because.reduce((sum, { points }) => sum + points, 0)).to.equal(one.points)
          expect(one.because.every(({ points }) => points > 0)).to.equal(true)
          const least = levelPoints.find(({ level }) => level === one.level)?.from ?? 0
          expect(one.points).to.be.at.least(least)
        }
      }),
    )
  })

  it('is never lower for a bad fact more, or more of one', () => {
    fc.assert(
      fc.property(facts, facts, (given, added) => {
        const more = { ...given }
        for (const name of names) {
          const count = (given[name] ?? 0) + (added[name] ?? 0)
          if (name in given || name in added) more[name] = count
        }
        const [before, after] = [score(given), score(more)]
        expect(rank(after.signIn.level)).to.be.at.least(rank(before.signIn.level))
        expect(rank(after.user.level)).to.be.at.least(rank(before.user.level))
      }),
    )
  })

  it('is never lower for what a module says', () => {
    fc.assert(
      fc.property(facts, reasons, reasons, (given, signIn, user) => {
        const [before, after] = [score(given), score(given, { signIn, user })]
        expect(rank(after.signIn.level)).to.be.at.least(rank(before.signIn.level))
        expect(rank(after.user.level)).to.be.at.least(rank(before.user.level))
      }),
    )
  })

  it('of two is the one with more points', () => {
    const [less, more] = [score({ newCountry: 1 }).signIn, score({ impossibleTravel: 1 }).signIn]
    expect(higher(less, more)).to.equal(more)
    expect(higher(more, less)).to.equal(more)
    expect(higher(less, undefined)).to.equal(less)
  })
})
