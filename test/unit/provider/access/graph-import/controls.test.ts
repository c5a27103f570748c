import { expect } from 'chai'
import { carryGrantControls } from '../../../../../provider/access/graph-import/controls.ts'

describe('strengths of authentication in Microsoft Graph', () => {
  for (const [number, authenticationStrength] of [
    [2, 'multifactorAuthentication'],
    [3, 'passwordlessMfa'],
    [4, 'phishingResistantMultifactorAuthentication'],
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
})
