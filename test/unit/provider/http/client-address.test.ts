import { expect } from 'chai'
import { clientAddress, trustedProxies } from '../../../../provider/http/client-address.ts'
import { Fault } from '../../../../shared/fault.ts'

describe('client address', () => {
  const trusted = trustedProxies(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'])

  it('is the peer, whatever the header says, if the peer is not trusted', () => {
    expect(clientAddress('203.0.113.5', '198.51.100.1', trusted)).to.equal('203.0.113.5')
    const none = trustedProxies([])
    expect(clientAddress('10.0.0.1', '198.51.100.1', none)).to.equal('10.0.0.1')
  })

  it('is what a trusted proxy saw', () => {
    expect(clientAddress('10.0.0.1', '198.51.100.1', trusted)).to.equal('198.51.100.1')
    expect(clientAddress('192.0.2.7', '2001:db9::1', trusted)).to.equal('2001:db9::1')
    expect(clientAddress('2001:db8::9', '198.51.100.1', trusted)).to.equal('198.51.100.1')
  })

  it('is the last one in the list that is no trusted proxy: what is before it may be invented', () => {
    const list = '127.0.0.1, 198.51.100.1, 10.9.9.9,192.0.2.7'
    expect(clientAddress('10.0.0.1', list, trusted)).to.equal('198.51.100.1')
    expect(clientAddress('10.0.0.1', '8.8.8.8, 203.0.113.5', trusted)).to.equal('203.0.113.5')
  })

  it('is the proxy itself if it passes on something that is not an address', () => {
    for (const junk of [
      'unknown',
      '',
      '1.2.3',
      'evil, ',
      '198.51.100.1:80',
      '<b>',
      'fe80::1%eth0',
    ]) {
      expect(clientAddress('10.0.0.1', junk, trusted), junk).to.equal('10.0.0.1')
    }
    expect(clientAddress('10.0.0.1', '8.8.8.8, junk, 10.0.0.2', trusted)).to.equal('10.0.0.2')
  })

  it('is read in the one header that is believed', () => {
    const believing = trustedProxies(['10.0.0.0/8'], 'forwarded')
    const list = 'for=127.0.0.1, for="198.51.100.1:4711";proto=https, for=10.9.9.9'
    expect(clientAddress('10.0.0.1', list, believing)).to.equal('198.51.100.1')
    expect(clientAddress('203.0.113.5', list, believing)).to.equal('203.0.113.5')
    expect(clientAddress('10.0.0.1', '198.51.100.1', believing)).to.equal('10.0.0.1')
    expect(clientAddress('10.0.0.1', list, trusted)).to.equal('10.0.0.1')
    const mapped = 'for="[::ffff:198.51.100.1]"'
    expect(clientAddress('10.0.0.1', mapped, believing)).to.equal('198.51.100.1')
  })

  it('sees an IPv4 peer also on a socket for both families', () => {
    expect(clientAddress('::ffff:10.0.0.1', '::ffff:198.51.100.1', trusted)).to.equal(
      '198.51.100.1',
    )
    expect(clientAddress('::ffff:203.0.113.5', '198.51.100.1', trusted)).to.equal('203.0.113.5')
  })

  it('is empty, and trusted by nobody, on a socket without an address', () => {
    expect(clientAddress(undefined, '198.51.100.1', trusted)).to.equal('')
  })

  it('takes the whole of a range and nothing beside it', () => {
    const range = trustedProxies(['192.168.4.0/22'])
    expect(range.has('192.168.4.0')).to.equal(true)
    expect(range.has('192.168.7.255')).to.equal(true)
    expect(range.has('192.168.8.0')).to.equal(false)
    expect(range.has('not an address')).to.equal(false)
  })

  it('refuses ranges that are none', () => {
    const bad = [
      '10.0.0.0/33',
      '10.0.0/8',
      'proxy.example',
      '',
      '10.0.0.0/',
      '::1/129',
      '1.1.1.1/8/9',
    ]
    for (const range of bad) {
      expect(() => trustedProxies([range]), range)
        .to.throw(Fault, 'trustedProxies')
        .with.property('kind', 'settings')
    }
  })
})
