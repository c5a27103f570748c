import { expect } from 'chai'
import { array, assert, constantFrom, property, string } from 'fast-check'
import {
  bannedTerms,
  isNear,
  normalize,
  scoreOf,
  whyBanned,
} from '../../../../provider/passwords/banned.ts'
import { commonTerms } from '../../../../provider/passwords/common-terms.ts'

describe('banned passwords', () => {
  const terms = bannedTerms(['contoso', 'blank', 'password', 'abcdef'])
  const names = ['Poll', 'Fabrikam']
  const why = (password: string) => whyBanned(password, { terms, names })

  // The examples that Microsoft has published.
  it('are those that come to less than five points, as in the published examples', () => {
    expect(scoreOf('C0ntos0Blank12', terms)).to.equal(4)
    expect(why('C0ntos0Blank12')).to.equal('banned')
    expect(scoreOf('ContoS0Bl@nkf9!', terms)).to.equal(5)
    expect(why('ContoS0Bl@nkf9!')).to.equal(undefined)
  })

  for (const near of ['abcdeg', 'abcdefg', 'abcde', 'AbCdEf', '@bcdef']) {
    it(`are those that differ from a term in one letter: ${near}`, () => {
      expect(why(near)).to.equal('banned')
    })
  }

  it('are those with a name of the person or the organization in them', () => {
    expect(why('John-p0LL-is-strong')).to.equal('containsName')
    expect(why('f@brikam-and-much-more-9')).to.equal('containsName')
    expect(whyBanned('ann-is-in-here-9', { terms, names: ['Ann'] })).to.equal(undefined)
  })

  it('are also terms of which one letter was changed, inside of others', () => {
    expect(scoreOf('passvordcontosu12', terms)).to.equal(4)
    expect(scoreOf('xxpasswordxx', terms)).to.equal(5)
  })

  it('are none that are long and of no common word', () => {
    const common = bannedTerms(commonTerms)
    for (const good of [
      'correct horse battery staple',
      'vRp9-kkw2-Tzu',
      'Grachtengordel zonder eind',
    ]) {
      expect(whyBanned(good, { terms: common, names: [] }), good).to.equal(undefined)
    }
    for (const bad of [
      'Password1!',
      'Welcome2026',
      'Summer2025!',
      'Qwerty123456',
      'P@ssw0rd123',
      'Berlin2024!',
    ]) {
      expect(whyBanned(bad, { terms: common, names: [] }), bad).to.equal('banned')
    }
  })

  it('are written plainly before they are looked at', () => {
    expect(normalize('P@$$W0RD1!')).to.equal('passwordli')
    expect(normalize('ｐａｓｓ')).to.equal('pass')
  })

  it('take no time to speak of, whatever is typed', () => {
    const common = bannedTerms(Array.from({ length: 1000 }, (_, index) => `contoso${index}aaaa`))
    const started = performance.now()
    whyBanned('contoso1aaaa'.repeat(20), { terms: common, names: [] })
    expect(performance.now() - started).to.be.below(1_000)
  })

  it('never get better by a term that is added to the list', () => {
    const text = string({
      unit: constantFrom('a', 'b', 'c', 'd'),
      minLength: 4,
      maxLength: 12,
    })
    assert(
      property(text, array(text, { maxLength: 5 }), text, (password, some, more) => {
        const before = scoreOf(password, bannedTerms(some))
        expect(scoreOf(password, bannedTerms([...some, more]))).to.be.at.most(before)
      }),
    )
  })

  it('are near in both directions, and never by two letters', () => {
    const letters = string({ unit: constantFrom('a', 'b'), maxLength: 6 })
    assert(
      property(letters, letters, (one, other) => {
        expect(isNear(one, other)).to.equal(isNear(other, one))
        expect(isNear(one, other)).to.equal(distance(one, other) <= 1)
      }),
    )
  })
})

/** Levenshtein's, as the textbook has it. */
function distance(one: string, other: string): number {
  if (one === '' || other === '') return one.length + other.length
  const [first, ...rest] = one
  const [second, ...others] = other
  const [a, b] = [rest.join(''), others.join('')]
  if (first === second) return distance(a, b)
  return 1 + Math.min(distance(a, other), distance(one, b), distance(a, b))
}
