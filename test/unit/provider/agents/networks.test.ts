import { expect } from 'chai'
import { isWithin, whyNotNetwork } from '../../../../provider/agents/networks.ts'

describe('the networks that an agent may come from', () => {
  it('are all, if none is named', () => {
    expect(isWithin('192.0.2.1', [])).to.equal(true)
  })

  it('have in them what they say', () => {
    const networks = ['10.1.0.0/16', '192.0.2.7', '2001:db8::/32']
    for (const inside of ['10.1.2.3', '192.0.2.7', '2001:db8::1']) {
      expect(isWithin(inside, networks), inside).to.equal(true)
    }
    for (const outside of ['10.2.0.1', '192.0.2.8', '2001:db9::1', '', 'localhost']) {
      expect(isWithin(outside, networks), outside).to.equal(false)
    }
  })

  it('have nobody in them if they cannot be read', () => {
    expect(isWithin('192.0.2.1', ['192.0.2.0/99'])).to.equal(false)
  })

  it('are refused when an admin mistypes one', () => {
    expect(whyNotNetwork('10.0.0.0/8')).to.equal(undefined)
    expect(whyNotNetwork('::1')).to.equal(undefined)
    for (const wrong of ['10.0.0.0/33', '10.0.0/8', 'corp', '10.0.0.0/8/8', '']) {
      expect(whyNotNetwork(wrong), wrong).to.contain('is no address and no range')
    }
  })
})
