import { expect } from 'chai'
import { likelyPassword } from '../../../../provider/broker/canary-password.ts'
import { seededChoice } from '../../../support/seeded-choice.ts'

describe('a likely password', () => {
  const choose = seededChoice('passwords')
  const passwords = Array.from({ length: 2_000 }, () => likelyPassword(choose))
  const share = (look: RegExp) =>
    passwords.filter((one) => look.test(one)).length / passwords.length

  it('has a length that people have', () => {
    for (const one of passwords) expect(one.length, one).to.be.within(8, 48)
    const lengths = passwords.map((one) => one.length).toSorted((a, b) => a - b)
    expect(lengths[1_000]).to.be.within(9, 14)
  })

  it('has the letters, digits and signs that people have', () => {
    for (const one of passwords) expect(one).to.match(/^[\x20-\x7E]+$/)
    expect(share(/\d/), 'digits').to.be.within(0.7, 0.98)
    expect(share(/[A-Z]/), 'capitals').to.be.within(0.7, 0.98)
    expect(share(/[^A-Za-z0-9]/), 'signs').to.be.within(0.4, 0.9)
    expect(share(/^[A-Z][a-z]+(19|20)\d\d\W?$/), 'a word and a year').to.be.above(0.1)
  })

  it('hardly ever comes twice', () => {
    expect(new Set(passwords).size).to.be.above(1_980)
  })
})
