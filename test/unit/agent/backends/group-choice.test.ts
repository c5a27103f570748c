import { expect } from 'chai'
import { chosenGroups } from '../../../../agent/backends/group-choice.ts'

describe('the choice of groups', () => {
  const groups = ['Sales (EU)', 'app-orders', 'app-\nhidden', 'Users']
  const chosen = (only: string[], most = 10) =>
    chosenGroups(groups, { only, most }, (name) => [name])

  it('goes by patterns for whole names, in any case, in which * alone means something', () => {
    expect(chosen(['*'])).to.deep.equal(groups)
    expect(chosen(['APP-*'])).to.deep.equal(['app-orders', 'app-\nhidden'])
    expect(chosen(['sales (eu)', 'use*s'])).to.deep.equal(['Sales (EU)', 'Users'])
    expect(chosen(['app', 'app.orders', '.*', '(', '^Users$'])).to.deep.equal([])
    expect(chosen([])).to.deep.equal([])
  })

  it('is none if more are left than may be', () => {
    expect(chosen(['*'], 3)).to.equal(undefined)
    expect(chosen(['app-*'], 2)).to.have.lengthOf(2)
  })
})
