import { expect } from 'chai'
import { forwardedFor } from '../../../../provider/http/forwarded.ts'

const read = (header: string): readonly (string | undefined)[] => forwardedFor(header)

describe('a Forwarded header', () => {
  it('has addresses, from the right', () => {
    expect(read('for=192.0.2.43, for="[2001:db8:cafe::17]"')).to.deep.equal([
      '2001:db8:cafe::17',
      '192.0.2.43',
    ])
  })

  // RFC 7239 sections 4, 6.3 and 7.1.
  const examples: readonly [header: string, addresses: (string | undefined)[]][] = [
    ['for="_gazonk"', [undefined]],
    ['For="[2001:db8:cafe::17]:4711"', ['2001:db8:cafe::17']],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', ['192.0.2.60']],
    ['for=192.0.2.43,for=198.51.100.17', ['198.51.100.17', '192.0.2.43']],
    ['for=_hidden, for=_SEVKISEK', [undefined, undefined]],
    [
      'for=192.0.2.43,for="[2001:db8:cafe::17]",for=unknown',
      [undefined, '2001:db8:cafe::17', '192.0.2.43'],
    ],
    ['for=192.0.2.43;host="a\\"; for=1.2.3.4", for=192.0.2.7', ['192.0.2.7', '192.0.2.43']],
  ]
  for (const [header, addresses] of examples) {
    it(`is read as the RFC has it: ${header}`, () => {
      expect(read(header)).to.deep.equal(addresses)
    })
  }

  it('may have ports, obfuscated ones too, and white space between its parts', () => {
    expect(read('for="192.0.2.43:4711"')).to.deep.equal(['192.0.2.43'])
    expect(read('for="192.0.2.43:_web.1"')).to.deep.equal(['192.0.2.43'])
    expect(read('\tproto=https; FOR=192.0.2.43 ;by=_p ')).to.deep.equal(['192.0.2.43'])
    expect(read(';for=192.0.2.43;;')).to.deep.equal(['192.0.2.43'])
    expect(read('for="192\\.0.2.43"')).to.deep.equal(['192.0.2.43'])
  })

  it('has no address where there is none, or no whole one', () => {
    const none = [
      'proto=https',
      'for=192.0.2.256',
      'for=192.0.2',
      'for="2001:db8::1"',
      'for="[2001:db8::1"',
      'for="[fe80::1%eth0]"',
      'for="[192.0.2.43]"',
      'for="192.0.2.43:"',
      'for="192.0.2.43:123456"',
      'for="unknown:80"',
      'for=""',
      'for=192.0.2.43;for=192.0.2.44',
      'for=192.0.2.43;For=192.0.2.43',
      'before=192.0.2.43',
    ]
    for (const header of none) expect(read(header), header).to.deep.equal([undefined])
    expect(read('')).to.deep.equal([undefined])
    expect(read(',')).to.deep.equal([undefined, undefined])
  })

  it('is not read where a quoted string has a comma in it, and nothing in there is', () => {
    expect(read('for=192.0.2.43;host="a, for=1.2.3.4"')).to.deep.equal([undefined, undefined])
    expect(read('for=192.0.2.43;host="a, for=\\"1.2.3.4\\""')).to.deep.equal([undefined, undefined])
    expect(read('for=1.2.3.4;x=", for="')).to.deep.equal([undefined, undefined])
  })

  it('has none where it cannot be read', () => {
    const broken = [
      'for=192.0.2.43:4711',
      'for=[2001:db8::1]',
      'for = 192.0.2.43',
      'for=192.0.2.43 proto=https',
      'for="192.0.2.43',
      'for=192.0.2.43"',
      'for=',
      '192.0.2.43',
      'for="192.0.2.43\\"',
    ]
    for (const header of broken) {
      expect(read(header), header).to.deep.equal([undefined])
      expect(read(`for=1.2.3.4, ${header}`), header).to.deep.equal([undefined, '1.2.3.4'])
      expect(read(`${header}, for=192.0.2.7`), header).to.deep.equal(['192.0.2.7', undefined])
    }
  })

  it('is read in no time, however it is made', () => {
    const parts = [',', ';', '"', '",', ',a="', 'a="\\",', 'a=b;', ',a=b', '\\', ' ', ',;', '="";,']
    for (const part of parts) {
      const header = part.repeat(Math.floor(16_384 / part.length))
      const began = performance.now()
      const [first] = read(`${header},for=192.0.2.7`)
      expect(performance.now() - began, part).to.be.lessThan(500)
      expect(first, part).to.equal('192.0.2.7')
    }
  })
})
