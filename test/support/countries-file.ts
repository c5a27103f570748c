import { isIP } from 'node:net'

/**
 * A MaxMind DB file (version 2.0, 24-bit records, an IPv6 tree) with the given records, so that
 * look-ups are tried on a file of the real format without anybody's licensed data.
 * @param records by range, as `203.0.113.0/24`
 */
export function countriesFile(records: Readonly<Record<string, object>>): Buffer {
  const nodes: [number | Leaf, number | Leaf][] = [[empty, empty]]
  const values = Object.values(records).map(encode)
  let offset = 0
  for (const [at, range] of Object.keys(records).entries()) {
    insert(nodes, bitsOf(range), { offset })
    offset += values[at]?.length ?? 0
  }
  const tree = Buffer.concat(nodes.map((node) => Buffer.concat(node.map(pointer))))
  function pointer(to: number | Leaf): Buffer {
    const record = Buffer.alloc(4)
    record.writeUInt32BE(typeof to === 'number' ? to : nodes.length + (to.offset ?? -16) + 16)
    return record.subarray(1)
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_790_000_000,
    database_type: 'Test-Country',
    ip_version: 6,
    node_count: nodes.length,
    record_size: 24,
  })
  const marker = Buffer.from('\xAB\xCD\xEFMaxMind.com', 'latin1')
  return Buffer.concat([tree, Buffer.alloc(16), ...values, marker, metadata])
}

/** Without an offset: nothing is known of this address. */
interface Leaf {
  readonly offset?: number
}

const empty: Leaf = {}

function insert(nodes: [number | Leaf, number | Leaf][], bits: string, leaf: Leaf): void {
  let at = 0
  for (let depth = 0; depth < bits.length; depth += 1) {
    const node = nodes[at]
    const side = bits[depth] === '1' ? 1 : 0
    if (!node) throw new Error('the tree has no such node')
    if (depth === bits.length - 1) {
      node[side] = leaf
      return
    }
    const next = node[side]
    if (typeof next === 'number') {
      at = next
    } else {
      at = nodes.push([empty, empty]) - 1
      node[side] = at
    }
  }
}

/** The leading bits of a range; IPv4 addresses are the last of 96 zeros. */
function bitsOf(range: string): string {
  const [address = '', prefix] = range.split('/')
  if (isIP(address) === 6) return ipv6Bits(address).slice(0, Number(prefix))
  const octets = address.split('.').map((octet) => Number(octet).toString(2).padStart(8, '0'))
  return '0'.repeat(96) + octets.join('').slice(0, Number(prefix))
}

function ipv6Bits(address: string): string {
  const [left = '', right = ''] = address.split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const missing = 8 - groups(left).length - groups(right).length
  const all = [...groups(left), ...Array.from({ length: missing }, () => '0'), ...groups(right)]
  return all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')
}

const utf8String = 2
const map = 7
const double = 3
const uint32 = 6

function encode(value: unknown): Buffer {
  if (typeof value === 'string') {
    return Buffer.concat([control(utf8String, Buffer.byteLength(value)), Buffer.from(value)])
  }
  if (typeof value === 'number' && !Number.isInteger(value)) {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(value)
    return Buffer.concat([control(double, 8), bytes])
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(uint32, 4), bytes])
  }
  const entries = Object.entries(value as object)
  return Buffer.concat([control(map, entries.length), ...entries.flat().map(encode)])
}

function control(type: number, size: number): Buffer {
  if (size > 28) throw new Error('too long for this writer')
  return Buffer.of((type << 5) | size)
}
