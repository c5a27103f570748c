import { expect } from 'chai'
import { isComplex, whyRefused } from '../../../../agent/backends/active-directory-complexity.ts'

describe('why Active Directory refuses a new password', () => {
  const now = Date.UTC(2026, 0, 1)
  const policy = { minLength: 8, minAge: 86_400_000, complexity: true }
  const account = { accountName: 'asmith', displayName: 'Alice B. Smith-Jones', changedAt: 0 }
  const why = (password: string, more: object = {}) =>
    whyRefused(password, { policy, account, now, ...more })

  it('is its length, before all else', () => {
    expect(why('Ab1-xyz')).to.equal('tooShort')
  })

  it('is the age of the old one, unless that has to be changed', () => {
    const recent = { account: { ...account, changedAt: now - 3_600_000 } }
    expect(why('Ab1-xyzzy', recent)).to.equal('tooRecent')
    expect(why('Ab1-xyzzy')).to.equal('inHistory')
    const old = { account: { ...account, changedAt: now - 86_400_000 } }
    expect(why('Ab1-xyzzy', old)).to.equal('inHistory')
  })

  it('is its kind of letters or a name in it, where the policy minds', () => {
    expect(why('onlysmall')).to.equal('tooSimple')
    expect(why('onlysmall', { policy: { ...policy, complexity: false } })).to.equal('inHistory')
  })

  const table: readonly [password: string, complex: boolean][] = [
    ['abcdefgh1', false],
    ['Abcdefgh', false],
    ['Abcdefgh1', true],
    ['abcdefg 1', true],
    ['密码密码密码a1', true],
    ['Asmith-2026', false],
    ['xALICEx-2026', false],
    ['Jones#2026!', false],
    // One letter of a name may be anywhere.
    ['B-Quiet-2026', true],
  ]
  for (const [password, complex] of table) {
    it(`${complex ? 'is not' : 'may be'} the complexity of ${password}`, () => {
      expect(isComplex(password, account)).to.equal(complex)
    })
  }
})
