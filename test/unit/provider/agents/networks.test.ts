import { expect } from 'chai'
import { whyNotNetwork } from '../../../../provider/agents/networks.ts'

describe('the networks that an agent may come from', () => {
  it('are refused when an admin mistypes one', () => {
    expect(whyNotNetwork('10.0.0.0/8')).to.equal(undefined)
    expect(whyNotNetwork('::1')).to.equal(undefined)
    for (const wrong of ['10.0.0.0/33', '10.0.0/8', 'corp', '10.0.0.0/8/8', '']) {
      expect(whyNotNetwork(wrong), wrong).to.contain('is no address and no range')
    }
  })
})
