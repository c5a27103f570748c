import { expect } from 'chai'
import { isInNetworks, isNetwork } from '../../../shared/network.ts'

describe('networks', () => {
  it('hold the addresses in them and no other', () => {
    expect(isInNetworks('10.1.2.3', ['10.1.0.0/16'])).to.equal(true)
    expect(isInNetworks('10.2.2.3', ['10.1.0.0/16'])).to.equal(false)
    expect(isInNetworks('10.2.2.3', ['10.1.0.0/16', '10.2.2.3'])).to.equal(true)
    expect(isInNetworks('2001:db8::7', ['2001:db8::/32'])).to.equal(true)
    expect(isInNetworks('2001:db9::7', ['2001:db8::/32'])).to.equal(false)
    expect(isInNetworks('10.1.2.3', ['2001:db8::/32'])).to.equal(false)
  })

  it('know an IPv4 address that is written as IPv6', () => {
    expect(isInNetworks('::ffff:10.1.2.3', ['10.1.0.0/16'])).to.equal(true)
    expect(isInNetworks('::FFFF:10.2.2.3', ['10.1.0.0/16'])).to.equal(false)
  })

  it('are everything where there are none, and nothing where there is no sense', () => {
    expect(isInNetworks('192.0.2.1', [])).to.equal(true)
    expect(isInNetworks('not an address', ['0.0.0.0/0'])).to.equal(false)
    expect(isInNetworks('192.0.2.1', ['not a network'])).to.equal(false)
  })

  for (const text of ['10.0.0.0/8', '10.1.2.3', '0.0.0.0/0', '::/0', '2001:db8::1', '::1/128']) {
    it(`may be ${text}`, () => {
      expect(isNetwork(text)).to.equal(true)
    })
  }

  for (const text of [
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/',
    '1.2.3.4/8/8',
    'corp',
  ]) {
    it(`may not be “${text}”`, () => {
      expect(isNetwork(text)).to.equal(false)
    })
  }
})
