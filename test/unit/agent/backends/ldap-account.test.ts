import { expect } from 'chai'
import type { Entry } from 'ldapts'
import { accountOf } from '../../../../agent/backends/ldap-account.ts'
import { type ClaimSources, usualClaims } from '../../../../agent/backends/ldap-claims.ts'

describe('an account from an LDAP entry', () => {
  const entry: Entry = {
    dn: 'uid=ok,dc=lab',
    entryUUID: '1f0c7d3a-9f5e-4c53-8a52-5a3c0f6f0b11',
    cn: ['Alice Liddell', 'Ally'],
    MAIL: 'alice@lab.test',
    sn: [],
    memberOf: ['cn=apps,dc=lab', 'cn=apps,ou=other,dc=lab', 'not a dn'],
    telephoneNumber: '1',
    jpegPhoto: Buffer.from([0xff, 0xd8]),
  }
  const accountWith = (more: Partial<Entry>, claims: ClaimSources = usualClaims) =>
    accountOf({ ...entry, ...more } as Entry, { idAttribute: 'entryUUID', claims })

  it('has the claims for which there is a value', () => {
    expect(accountWith({})).to.deep.equal({
      account: {
        id: '1f0c7d3a-9f5e-4c53-8a52-5a3c0f6f0b11',
        claims: {
          name: 'Alice Liddell',
          email: 'alice@lab.test',
          phone_number: '1',
        },
      },
    })
  })

  it('has the groups that were found, unless there is a claim of that name', () => {
    const claims: ClaimSources = { groups: { from: ['memberOf'], as: 'names' } }
    const groupsWith = (sources: ClaimSources) => {
      const made = accountOf(entry, { idAttribute: 'entryUUID', claims: sources }, ['found'])
      return 'account' in made && made.account.claims['groups']
    }
    expect(groupsWith({})).to.deep.equal(['found'])
    expect(groupsWith(claims)).to.deep.equal(['apps', 'not a dn'])
  })

  it('says that somebody is in no group only if that is known', () => {
    const claimsWith = (groups: readonly string[] | undefined) => {
      const made = accountOf(entry, { idAttribute: 'entryUUID', claims: {} }, groups)
      return 'account' in made && made.account.claims
    }
    expect(claimsWith([])).to.deep.equal({ groups: [] })
    expect(claimsWith(undefined)).to.deep.equal({})
  })

  it('takes the first attribute that has a value', () => {
    expect(accountWith({ displayName: 'Alice' })).to.have.nested.property(
      'account.claims.name',
      'Alice',
    )
    expect(accountWith({ displayName: [] })).to.have.nested.property(
      'account.claims.name',
      'Alice Liddell',
    )
  })

  it('makes a list a list also if it has one value', () => {
    const claims: ClaimSources = { phones: { from: ['telephoneNumber'], as: 'list' } }
    expect(accountWith({}, claims)).to.have.deep.nested.property('account.claims', {
      phones: ['1'],
    })
  })

  it('leaves out what is not text', () => {
    const claims: ClaimSources = { picture: { from: ['jpegPhoto'], as: 'text' } }
    expect(accountWith({}, claims)).to.have.deep.nested.property('account.claims', {})
  })

  it('has as its id the text, or the hex digits of what is not meant as text', () => {
    const id = (entryUUID: string | Buffer) => accountWith({ entryUUID })
    expect(id('n-42')).to.have.nested.property('account.id', 'n-42')
    expect(id('zoë')).to.have.nested.property('account.id', 'zoë')
    expect(id(Buffer.from('ff00a1', 'hex'))).to.have.nested.property('account.id', 'ff00a1')
    expect(id('a\u0001')).to.have.nested.property('account.id', '6101')
  })

  it('is none without exactly one id of a sensible length', () => {
    for (const entryUUID of [[], ['1', '2'], '', 'x'.repeat(256)]) {
      expect(accountWith({ entryUUID })).to.have.property('problem').that.contains('entryUUID')
    }
  })

  it('is none if a claim is too large for a verdict, rather than one with groups missing', () => {
    const tooLarge: Partial<Entry>[] = [
      { displayName: 'x'.repeat(4097) },
      { memberOf: Array.from({ length: 5001 }, (_, index) => `cn=g${index},dc=lab`) },
      { memberOf: [`cn=${'x'.repeat(1025)},dc=lab`] },
    ]
    const claims: ClaimSources = { ...usualClaims, groups: { from: ['memberOf'], as: 'names' } }
    for (const attributes of tooLarge) {
      expect(accountWith(attributes, claims))
        .to.have.property('problem')
        .that.matches(/claim (name|groups) is too large/)
    }
  })
})
