import { expect } from 'chai'
import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { bannedTerms, enough, whyBanned } from '../../../../provider/passwords/banned.ts'
import { commonTerms } from '../../../../provider/passwords/common-terms.ts'
import { namesOfOrganization, namesOfPerson } from '../../../../provider/passwords/names.ts'
import { plenty, strengthOf } from '../../../../provider/passwords/strength.ts'

const rules = {
  terms: bannedTerms(commonTerms),
  names: [...namesOfOrganization('Acme Bikes'), ...namesOfPerson('jane.doering@corp.example')],
}

describe('strength of a password', () => {
  for (const [password, level, because] of [
    ['', 'weak', 'tooShort'],
    ['xkcd', 'weak', 'tooShort'],
    ['P@ssword1!', 'weak', 'banned'],
    ['Summer2026', 'weak', 'banned'],
    ['xy-D0ering-27', 'weak', 'containsName'],
    ['my-bikes-27', 'weak', 'containsName'],
    ['gate-27', 'fair', undefined],
    ['Password-gate-27', 'fair', undefined],
    ['close-the-gate-9', 'good', undefined],
  ] as const) {
    it(`${password || 'nothing'} is ${level}${because ? `: ${because}` : ''}`, () => {
      expect(strengthOf(password, rules)).to.include({ level })
      expect(strengthOf(password, rules).because).to.equal(because)
    })
  }

  it('never calls weak what the rules would take, nor the other way round', () => {
    const part = oneof(string({ maxLength: 6 }), constantFrom(...commonTerms))
    const password = array(part, { maxLength: 5 }).map((parts) => parts.join(''))
    assert(
      property(password, (typed) => {
        const { level, points } = strengthOf(typed, rules)
        const isRefused = whyBanned(typed, rules) !== undefined
        expect(level === 'weak').to.equal(isRefused)
        expect(points < enough).to.equal(isRefused)
        expect(points >= plenty).to.equal(level === 'good')
      }),
    )
  })

  it('looks at the beginning of what is too long to be typed', () => {
    expect(strengthOf('close-the-gate-'.repeat(100_000), rules).level).to.equal('good')
  })
})
