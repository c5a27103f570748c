import { expect } from 'chai'
import { outcomeOfAdBind } from '../../../../agent/backends/active-directory-bind.ts'
import type { AccountState } from '../../../../agent/backends/active-directory-state.ts'

describe('what Active Directory answers to a bind', () => {
  const now = Date.UTC(2026, 0, 1)
  const usual: AccountState = { control: 0x200, computed: 0, expires: 0n }
  const refused = (data: string) =>
    `80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data ${data}, v1db1`
  const outcome = (diagnostic: string, state: AccountState | undefined = usual, code = 49) =>
    outcomeOfAdBind({ code, diagnostic }, state, now)

  const table = {
    '525': 'unknownUser',
    '57': 'unknownUser',
    '52e': 'wrongPassword',
    '52E': 'wrongPassword',
    '52f': 'notNow',
    '530': 'notNow',
    '531': 'notNow',
    '532': 'passwordExpired',
    '533': 'accountDisabled',
    '534': 'notNow',
    '701': 'accountExpired',
    '773': 'mustChangePassword',
    '775': 'accountLocked',
  }
  for (const [data, expected] of Object.entries(table)) {
    it(`is ${expected} by the number ${data}`, () => {
      expect(outcome(refused(data))).to.equal(expected)
    })
  }

  it('is ok without an error', () => {
    expect(outcome('', usual, 0)).to.equal('ok')
  })

  it('says nothing of the person where the server wants a signature or encryption', () => {
    const wanted =
      '00002028: LdapErr: DSID-0C09035C, comment: The server requires binds to turn on integrity checking'
    expect(outcome(wanted, usual, 8)).to.equal(undefined)
    expect(outcome('', usual, 51)).to.equal(undefined)
  })

  it('is what the account says of itself where there is no number, or one that nobody knows', () => {
    for (const diagnostic of ['Invalid credentials', refused('999')]) {
      expect(outcome(diagnostic)).to.equal('wrongPassword')
      expect(outcome(diagnostic, { ...usual, computed: 0x10 })).to.equal('accountLocked')
      expect(outcome(diagnostic, { ...usual, control: 0x202 })).to.equal('accountDisabled')
      const expires = (BigInt(now) + 11_644_473_600_000n) * 10_000n
      expect(outcome(diagnostic, { ...usual, expires })).to.equal('accountExpired')
      expect(outcome(diagnostic, { ...usual, expires: expires + 10_000n })).to.equal(
        'wrongPassword',
      )
      expect(outcome(diagnostic, { ...usual, expires: 2n ** 63n - 1n })).to.equal('wrongPassword')
    }
  })

  it('is a wrong password for a name that was not found', () => {
    expect(outcomeOfAdBind({ code: 49, diagnostic: '' }, undefined, now)).to.equal('wrongPassword')
  })
})
