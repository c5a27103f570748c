import { expect } from 'chai'
import { carryGrantControls } from '../../../../../provider/access/graph-import/controls.ts'

describe('strengths of authentication in Microsoft Graph', () => {
  for (const [number, authenticationStrength] of [
    [2, 'multifactor'],
    [3, 'passwordless'],
    [4, 'phishingResistant'],
  ] as const) {
    it(`are carried over: ${authenticationStrength}`, () => {
      const id = `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`
      const notes: Parameters<typeof carryGrantControls>[1] = []
      const given = { operator: 'OR', authenticationStrength: { id } }
      const carried = { operator: 'OR', authenticationStrength }
      expect(carryGrantControls(given, notes)).to.deep.equal(carried)
      expect(notes).to.deep.equal([])
    })
  }

  it('are carried over by name, where an export has no ids', () => {
    for (const given of ['passwordlessMfa', { displayName: 'passwordlessMfa' }]) {
      const notes: Parameters<typeof carryGrantControls>[1] = []
      const carried = carryGrantControls({ authenticationStrength: given }, notes)
      expect(carried).to.deep.equal({ operator: 'AND', authenticationStrength: 'passwordless' })
      expect(notes).to.deep.equal([])
    }
  })

  it('are noted where nothing here is like them', () => {
    const notes: Parameters<typeof carryGrantControls>[1] = []
    const given = { authenticationStrength: { id: 'own', displayName: 'constructor' } }
    expect(carryGrantControls(given, notes)).to.equal(undefined)
    expect(notes.map(({ message }) => message)).to.deep.equal([
      'constructor: there is no such strength here',
    ])
  })
})
