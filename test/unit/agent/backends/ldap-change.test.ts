import { expect } from 'chai'
import { outcomeOfChange } from '../../../../agent/backends/ldap-change.ts'

describe('what an LDAP directory answers to a new password', () => {
  // draft-behera-ldap-password-policy-11 section 6.2.
  const byPolicy = {
    3: 'notPermitted',
    5: 'tooSimple',
    6: 'tooShort',
    7: 'tooRecent',
    8: 'inHistory',
  }
  for (const [error, expected] of Object.entries(byPolicy)) {
    it(`is ${expected} by error ${error} of its password policy`, () => {
      for (const code of [19, 50, 53]) {
        const answer = { code, policy: { error: Number(error) } }
        expect(outcomeOfChange(answer)).to.equal(expected)
      }
    })
  }

  const byCode = { 0: 'changed', 19: 'tooSimple', 50: 'notPermitted', 53: 'wrongOldPassword' }
  for (const [code, expected] of Object.entries(byCode)) {
    it(`is ${expected} by result ${code}, where no policy says more`, () => {
      for (const policy of [undefined, {}]) {
        expect(outcomeOfChange({ code: Number(code), policy })).to.equal(expected)
      }
    })
  }

  it('is nothing about the password where the server is at fault', () => {
    for (const code of [1, 2, 51, 52, 80]) {
      expect(outcomeOfChange({ code, policy: undefined })).to.equal(undefined)
    }
  })
})
