import { expect } from 'chai'
import * as fc from 'fast-check'
import {
  clientAddress,
  type ForwardedHeader,
  trustedProxies,
} from '../../../../provider/http/client-address.ts'

/** The proxies are in 10.0.0.0/8 and fd00::/8; nobody else is, and attackers write what they like. */
const ranges = ['10.0.0.0/8', 'fd00::/8']
const proxy = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `10.0.${a}.${b}`),
  fc.nat(0xff_ff).map((n) => `fd00::${n.toString(16)}`),
)
const client = fc.oneof(
  fc.nat(255).map((n) => `203.0.113.${n}`),
  fc.nat(0xff_ff).map((n) => `2001:db8::${n.toString(16)}`),
)

/** Text that a header can carry, with what matters in a list more often than chance has it. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(',', ';', '=', '"', '\\', ' ', '\t', '[', ']', ':'),
      fc.constantFrom(
        'for=',
        'for="',
        'for=192.0.2.66;x="',
        ', for="',
        '192.0.2.66',
        '[2001:db8:bad::1]',
        'by=',
        '\\"',
      ),
      client,
      proxy,
      fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
    ),
  )
  .map((parts) => parts.join(''))

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~\w-]{1,8}$/)
const quoted = hostile.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`)
const quotedWithoutComma = quoted.map((text) => text.replaceAll(',', '-'))
/** What an honest proxy may say beside `for`. */
const others = (strings: fc.Arbitrary<string>) =>
  fc.array(
    fc
      .tuple(
        fc.oneof(fc.constantFrom('by', 'host', 'proto', 'Secret'), token),
        fc.oneof(token, strings),
      )
      .filter(([name]) => !/^for$/i.test(name))
      .map((pair) => pair.join('=')),
    { maxLength: 3 },
  )

function nodeOf(address: string, port: string): string {
  if (address.includes(':')) return `for="[${address}]${port}"`
  return port === '' ? `for=${address}` : `for="${address}${port}"`
}

/** How a proxy writes down the address that it sees, in each header. */
type Writer = (address: string) => fc.Arbitrary<string>
const forwarded =
  (strings: fc.Arbitrary<string>): Writer =>
  (address) =>
    fc
      .tuple(fc.constantFrom('', ':4711', ':_web'), others(strings), others(strings))
      .map(([port, before, after]) => [...before, nodeOf(address, port), ...after].join(';'))
const writers: Readonly<Record<ForwardedHeader, Writer>> = {
  'x-forwarded-for': fc.constant,
  forwarded: forwarded(quotedWithoutComma),
}

/** A way through proxies, the one before us last, and the header that they have made of it. */
function journey(writer: Writer): fc.Arbitrary<{ from: string; peer: string; written: string }> {
  return fc
    .tuple(client, fc.array(proxy, { minLength: 1, maxLength: 3 }), fc.option(hostile))
    .chain(([from, proxies, invented]) => {
      const seen = [from, ...proxies.slice(0, -1)]
      return fc.tuple(...seen.map(writer)).map((elements) => ({
        from,
        peer: proxies.at(-1) ?? '',
        written: [...(invented === null ? [] : [invented]), ...elements].join(', '),
      }))
    })
}

for (const header of ['x-forwarded-for', 'forwarded'] as const) {
  const trusted = trustedProxies(ranges, header)

  describe(`the client address by ${header}, whatever a client writes`, () => {
    it('is what the outermost proxy saw', () => {
      const property = fc.property(journey(writers[header]), ({ from, peer, written }) => {
        expect(clientAddress(peer, written, trusted)).to.equal(from)
      })
      fc.assert(property, { numRuns: 400 })
    })

    it('is the peer if that is no proxy of ours', () => {
      const property = fc.property(client, hostile, (peer, written) => {
        expect(clientAddress(peer, written, trusted)).to.equal(peer)
      })
      fc.assert(property, { numRuns: 200 })
    })

    it('is a proxy’s, and no place of a person’s, if the last proxy’s word cannot be read', () => {
      const unreadable = fc.constantFrom('unknown', '_hidden', '', 'for=_x', 'for=unknown', 'for="')
      const property = fc.property(proxy, hostile, unreadable, (peer, written, last) => {
        const address = clientAddress(peer, `${written}, ${last}`, trusted)
        expect(trusted.has(address)).to.equal(true)
      })
      fc.assert(property, { numRuns: 200 })
    })
  })
}

describe('the client address by forwarded, if proxies write strings with commas', () => {
  it('is what the outermost proxy saw, or a proxy’s: nothing that a client has written', () => {
    const trusted = trustedProxies(ranges, 'forwarded')
    const property = fc.property(journey(forwarded(quoted)), ({ from, peer, written }) => {
      const address = clientAddress(peer, written, trusted)
      expect(address === from || trusted.has(address), address).to.equal(true)
    })
    fc.assert(property, { numRuns: 400 })
  })
})
