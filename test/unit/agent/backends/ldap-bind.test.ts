import { expect } from 'chai'
import { bind, expiryOf, outcomeOfBind } from '../../../../agent/backends/ldap-bind.ts'
import type { LdapConnection } from '../../../../agent/backends/ldap-connection.ts'

describe('ldap bind', () => {
  const passwordExpired = { error: 0 }
  const accountLocked = { error: 1 }
  const changeAfterReset = { error: 2 }

  type Row = [code: number, policy: object | undefined, outcome: string | undefined]
  const table: readonly Row[] = [
    [0, undefined, 'ok'],
    [0, {}, 'ok'],
    [0, { timeBeforeExpiration: 60 }, 'ok'],
    [0, { graceAuthNsRemaining: 2 }, 'ok'],
    [0, { graceAuthNsRemaining: 0 }, 'passwordExpired'],
    [0, changeAfterReset, 'mustChangePassword'],
    [0, passwordExpired, 'passwordExpired'],
    [0, accountLocked, 'accountLocked'],
    [49, undefined, 'wrongPassword'],
    [49, {}, 'wrongPassword'],
    [49, passwordExpired, 'passwordExpired'],
    [49, accountLocked, 'accountLocked'],
    [49, changeAfterReset, 'mustChangePassword'],
    [49, { error: 8 }, 'wrongPassword'],
    [19, undefined, 'accountLocked'],
    [32, undefined, 'unknownUser'],
    [48, undefined, 'wrongPassword'],
    [53, undefined, 'accountDisabled'],
    [53, accountLocked, 'accountLocked'],
    [1, undefined, undefined],
    [8, undefined, undefined],
    [51, accountLocked, undefined],
    [52, undefined, undefined],
    [80, undefined, undefined],
  ]
  for (const [code, policy, outcome] of table) {
    const under =
      policy === undefined ? 'without a policy' : `with policy ${JSON.stringify(policy)}`
    it(`takes result ${code} ${under} for ${outcome ?? 'nothing about the person'}`, () => {
      expect(outcomeOfBind({ code, policy })).to.equal(outcome)
    })
  }

  it('takes from the policy when the password expires, or how often it will still do', () => {
    const expiry = (policy: object | undefined) => expiryOf({ policy }, 1_000)
    expect(expiry({ timeBeforeExpiration: 60 })).to.deep.equal({ expiresAt: 61_000 })
    const expired = { expiresAt: 1_000, signInsLeft: 2 }
    expect(expiry({ graceAuthNsRemaining: 2 })).to.deep.equal(expired)
    for (const silent of [undefined, {}]) expect(expiry(silent)).to.deep.equal({})
  })

  it('sends nothing without a DN or without a password, which would let anybody in', async () => {
    const untouched = {
      host: 'h:1',
      run: () => {
        throw new Error('something was sent')
      },
    } as unknown as LdapConnection
    for (const binding of [
      { dn: '', password: 'x' },
      { dn: 'EXTERNAL', password: 'x' },
      { dn: 'PLAIN', password: 'x' },
      { dn: 'uid=ok,dc=lab', password: '' },
    ]) {
      const bound = await bind(untouched, 'bind', binding)
      expect(bound).to.have.nested.property('failure.reason', 'misconfigured')
    }
  })
})
