import { expect } from 'chai'
import {
  defaultPatterns,
  madeUpName,
  whyNotPattern,
} from '../../../../provider/broker/canary-name.ts'
import { seededChoice } from '../../../support/seeded-choice.ts'

describe('a made-up user name', () => {
  it('has the looks that its pattern says', () => {
    const choose = seededChoice('looks')
    const looks = {
      '{first}.{last}@corp.example': /^[a-z]{2,}\.[a-z]{5,}@corp\.example$/,
      '{f}{last}': /^[a-z]{6,}$/,
      '{last}{l}{digit}': /^[a-z]{6,}\d$/,
      'x{digit}{digit}{digit}{digit}{digit}': /^x\d{5}$/,
      'CORP\\{letter}{letter}{letter}{letter}': /^CORP\\[a-z]{4}$/,
    }
    for (const [pattern, look] of Object.entries(looks)) {
      expect(whyNotPattern(pattern), pattern).to.equal(undefined)
      for (let count = 0; count < 50; count += 1) {
        expect(madeUpName(pattern, choose)).to.match(look)
      }
    }
  })

  it('begins with the initials of the very name beside it', () => {
    const choose = seededChoice('initials')
    for (let count = 0; count < 20; count += 1) {
      const [f, first, l, last] = madeUpName('{f}.{first}.{l}.{last}', choose).split('.')
      expect([f, l]).to.deep.equal([first?.charAt(0), last?.charAt(0)])
    }
  })

  it('hardly ever comes twice', () => {
    const choose = seededChoice('often')
    const names = Array.from({ length: 2_000 }, () => madeUpName('{first}.{last}', choose))
    expect(new Set(names).size).to.be.above(1_990)
  })

  it('has the first suffix of its realm unless the operator says how names look', () => {
    expect(defaultPatterns(['corp.example', 'old.example'])).to.deep.equal([
      '{first}.{last}@corp.example',
    ])
    expect(defaultPatterns([])).to.deep.equal(['{first}.{last}'])
  })
})

describe('a pattern for user names', () => {
  it('is refused if it fits so few names that one would be a person’s', () => {
    for (const few of [
      '{first}',
      '{f}{l}',
      'x{digit}{digit}{digit}',
      '{letter}{letter}',
      'alice',
    ]) {
      expect(whyNotPattern(few), few).to.contain('too few')
    }
  })

  it('is refused with anything else in braces, empty, or too long to be a name', () => {
    expect(whyNotPattern('{first}.{surname}')).to.contain('in braces')
    expect(whyNotPattern('{first}.{last}}')).to.contain('in braces')
    expect(whyNotPattern('')).to.contain('empty')
    expect(whyNotPattern(' {first}.{last}')).to.contain('empty')
    expect(whyNotPattern(`{last}${'x'.repeat(200)}`)).to.contain('long')
  })
})
