import { expect } from 'chai'
import * as fc from 'fast-check'
import { agreementOf, isInGroups } from '../../../../provider/broker/second-opinion-agreement.ts'
import type { Account } from '../../../../shared/account.ts'

const word = fc.constantFrom('staff', 'admins', 'Alice', 'x')
const value = fc.oneof(word, fc.boolean(), fc.nat(2), fc.array(word, { maxLength: 3 }))
const anyClaims = fc.dictionary(fc.constantFrom('name', 'groups', 'title'), value)

const account = (claims: Account['claims'], id = '42'): Account => ({ id, claims })

describe('what two agents say about one person', () => {
  it('is taken as it is if both say the same, lists in any order', () => {
    const one = account({ name: 'Alice', email_verified: true, groups: ['staff', 'admins'] })
    const other = account({ name: 'Alice', email_verified: true, groups: ['admins', 'staff'] })
    expect(agreementOf(one, other)).to.deep.equal({ account: one, differing: [] })
  })

  it('gives nobody a group that only one of them names', () => {
    const honest = account({ groups: ['staff'] })
    const lying = account({ groups: ['staff', 'domain admins'] })
    for (const [one, other] of [
      [honest, lying],
      [lying, honest],
    ] as const) {
      expect(agreementOf(one, other)).to.deep.equal({ account: honest, differing: ['groups'] })
    }
  })

  it('leaves out claims that they do not agree on, and names them', () => {
    const one = account({ name: 'Alice', email: 'alice@corp.example', title: 'x' })
    const other = account({ name: 'Alice', email: 'boss@corp.example', groups: ['admins'] })
    const { account: both, differing } = agreementOf(one, other) ?? {}
    expect(both).to.deep.equal(account({ name: 'Alice' }))
    expect(differing).to.deep.equal(['email', 'title', 'groups'])
  })

  it('has as few sign-ins left as the one who was asked last says', () => {
    const left = (signInsLeft: number) => ({ ...account({}), signInsLeft })
    expect(agreementOf(left(2), left(1))?.account.signInsLeft).to.equal(1)
    expect(agreementOf(left(2), account({}))?.account.signInsLeft).to.equal(2)
  })

  it('is never more than each of them says, whatever that is', () => {
    fc.assert(
      fc.property(anyClaims, anyClaims, (first, second) => {
        const both = agreementOf(account(first), account(second))?.account.claims ?? {}
        for (const [name, agreed] of Object.entries(both)) {
          for (const said of [first[name], second[name]]) {
            if (typeof agreed === 'object') expect(said).to.include.members([...agreed])
            else expect(said).to.equal(agreed)
          }
        }
      }),
    )
  })

  it('does not depend on who is asked first', () => {
    fc.assert(
      fc.property(anyClaims, anyClaims, (first, second) => {
        const one = agreementOf(account(first), account(second))
        const other = agreementOf(account(second), account(first))
        expect(one?.differing).to.have.members([...(other?.differing ?? ['nothing'])])
        expect(Object.keys(one?.account.claims ?? {})).to.have.members(
          Object.keys(other?.account.claims ?? { nothing: 1 }),
        )
      }),
    )
  })

  it('does not take a text for a list with that text', () => {
    const both = agreementOf(account({ groups: 'admins' }), account({ groups: ['admins'] }))
    expect(both).to.deep.equal({ account: account({}), differing: ['groups'] })
  })

  it('is nothing if they mean different people', () => {
    expect(agreementOf(account({}), account({}, '43'))).to.equal(undefined)
  })
})

describe('a person in a group that needs a second opinion', () => {
  it('is found by the claim, whatever its case, also if it is one text', () => {
    const cn = 'cn=admins,dc=corp'
    expect(isInGroups(account({ groups: ['staff', 'CN=Admins,DC=corp'] }), [cn])).to.equal(true)
    expect(isInGroups(account({ groups: 'Admins' }), ['admins'])).to.equal(true)
    expect(isInGroups(account({ groups: ['staff'] }), [cn])).to.equal(false)
    expect(isInGroups(account({}), [cn])).to.equal(false)
    expect(isInGroups(account({ groups: ['staff'] }), [])).to.equal(false)
  })
})
