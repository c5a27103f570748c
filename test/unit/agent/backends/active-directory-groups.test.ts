import { expect } from 'chai'
import { groupClaim } from '../../../../agent/backends/active-directory-groups.ts'

describe('the groups that leave the building', () => {
  const groups = [
    { sid: 'S-1-5-21-1-2-3-1104', name: 'Sales (EU)' },
    { sid: 'S-1-5-21-1-2-3-1105', name: 'app-orders' },
    { sid: 'S-1-5-32-545', name: 'Users' },
  ]
  const settings = { from: 'tokenGroups', as: 'names', only: ['*'], most: 10 } as const

  it('are all of them, in order, unless the settings say otherwise', () => {
    expect(groupClaim(groups, settings)).to.deep.equal({
      groups: ['Sales (EU)', 'Users', 'app-orders'],
    })
  })

  it('are those that a pattern names, in any case, by name or by SID', () => {
    const only = (...patterns: string[]) => groupClaim(groups, { ...settings, only: patterns })
    expect(only('APP-*')).to.deep.equal({ groups: ['app-orders'] })
    expect(only('sales (eu)', 'S-1-5-32-*')).to.deep.equal({ groups: ['Sales (EU)', 'Users'] })
    expect(only('app')).to.deep.equal({ groups: [] })
    expect(only('app.orders', '*.*')).to.deep.equal({ groups: [] })
  })

  it('are said to be none only if that can be told', () => {
    expect(groupClaim([], settings)).to.deep.equal({ groups: [] })
    expect(groupClaim(undefined, settings)).to.deep.equal({ groups: undefined })
  })

  it('can be SIDs', () => {
    expect(groupClaim(groups, { ...settings, as: 'sids', only: ['app-*'] })).to.deep.equal({
      groups: ['S-1-5-21-1-2-3-1105'],
    })
  })

  it('are none at all if there are more than the settings allow, counted after the filter', () => {
    expect(groupClaim(groups, { ...settings, most: 2 })).to.deep.equal({
      problem: 'more than 2 groups',
    })
    expect(groupClaim(groups, { ...settings, most: 1, only: ['Users'] })).to.deep.equal({
      groups: ['Users'],
    })
  })
})
