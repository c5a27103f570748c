import { expect } from 'chai'
import { networkOf } from '../../../../provider/risk/network-of.ts'

describe('network of an address, for counting', () => {
  it('is an IPv4 address itself, however it is written', () => {
    expect(networkOf('203.0.113.7')).to.equal('203.0.113.7')
    expect(networkOf('::ffff:203.0.113.7')).to.equal('203.0.113.7')
  })

  it('is the first 64 bits of an IPv6 address, however they are written', () => {
    for (const address of [
      '2001:db8:0:1:aaaa::1',
      '2001:DB8:0:1::2',
      '2001:0db8:0000:0001:1:2:3:4',
      '2001:db8::1:5:6:7:8',
    ]) {
      expect(networkOf(address), address).to.equal('2001:db8:0:1::/64')
    }
    expect(networkOf('::1')).to.equal('0:0:0:0::/64')
    expect(networkOf('fe80::1%eth0')).to.equal('fe80:0:0:0::/64')
    expect(networkOf('2001:db8:0:2::1')).to.not.equal('2001:db8:0:1::/64')
  })

  it('is whatever else there is, as it is', () => {
    expect(networkOf('')).to.equal('')
  })
})
