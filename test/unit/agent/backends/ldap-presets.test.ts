import { expect } from 'chai'
import { createUserFilter } from '../../../../agent/backends/ldap-filter.ts'
import { type PresetName, presets, withPreset } from '../../../../agent/backends/ldap-presets.ts'

describe('a preset', () => {
  const choice = { deepest: 10, only: ['*'], most: 1000 }
  const filled = (preset: PresetName, more: object = {}, groups: object = {}) =>
    withPreset({ preset, baseDn: 'dc=corp', groups: { ...choice, ...groups }, ...more })

  it('says how people are found, what their id is, and how their groups are', () => {
    const ids = ['openldap', '389ds', 'freeipa'] as const
    expect(ids.map((name) => filled(name).idAttribute)).to.deep.equal([
      'entryUUID',
      'nsUniqueId',
      'ipaUniqueID',
    ])
    expect(filled('openldap').groups).to.deep.equal({ from: 'memberOf', nested: true, ...choice })
    expect(filled('389ds').groups).to.deep.equal({ from: 'member', nested: true, ...choice })
    for (const { userFilter } of Object.values(presets)) createUserFilter(userFilter)
  })

  it('is no more than a default', () => {
    const own = { userFilter: '(mail={username})', idAttribute: 'guid' }
    expect(filled('389ds', own)).to.deep.include(own)
    expect(filled('openldap', {}, { from: 'member', nested: false }).groups).to.deep.include({
      from: 'member',
      nested: false,
    })
  })

  it('of FreeIPA counts what is below its groups, since memberOf names roles and rules, too', () => {
    const groupsBelow = (baseDn: string, groups: object = {}) =>
      filled('freeipa', { baseDn }, groups).groups.baseDn
    expect(groupsBelow('cn=users,cn=accounts,dc=corp,dc=example')).to.equal(
      'cn=groups,cn=accounts,dc=corp,dc=example',
    )
    expect(groupsBelow('cn=accounts,dc=corp')).to.equal('cn=groups,cn=accounts,dc=corp')
    expect(groupsBelow('cn=users,cn=accounts,dc=corp', { baseDn: 'cn=g' })).to.equal('cn=g')
    expect(groupsBelow('dc=corp')).to.equal(undefined)
  })
})
