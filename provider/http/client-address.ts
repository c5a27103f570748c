import { BlockList, isIP } from 'node:net'
import { Fault } from '../../shared/fault.ts'
import { forwardedFor } from './forwarded.ts'

/** The headers in which proxies say where a request comes from. */
export const forwardedHeaders = ['x-forwarded-for', 'forwarded'] as const

export type ForwardedHeader = (typeof forwardedHeaders)[number]

/** Who is believed about where a request comes from. */
export interface TrustedProxies {
  has(address: string): boolean
  /**
   * In which header. One alone: a proxy writes one, and would pass on the other as the client wrote
   * it.
   */
  readonly header: ForwardedHeader
}

/**
 * @param ranges addresses or CIDR ranges, as `trustedProxies` in the settings names them
 * @throws Fault `settings`
 */
export function trustedProxies(
  ranges: readonly string[],
  header: ForwardedHeader = 'x-forwarded-for',
): TrustedProxies {
  const list = new BlockList()
  for (const range of ranges) add(list, range)
  return { header, has: (address) => isIP(address) > 0 && list.check(address, family(address)) }
}

/**
 * Where a request comes from. The header is read from its end, since each proxy adds what it saw
 * there and everything further to the front was written by somebody who may lie: the first
 * address that is no trusted proxy is the client. Anything that is not an address ends the search
 * at the proxy that passed it on.
 * @param peer the other end of the connection
 * @param forwarded the header that is believed, as it came
 */
export function clientAddress(
  peer: string | undefined,
  forwarded: string | undefined,
  trusted: TrustedProxies,
): string {
  let client = plain(peer ?? '')
  for (const hop of readers[trusted.header](forwarded ?? '')) {
    if (hop === undefined || !trusted.has(client)) return client
    client = plain(hop)
  }
  return client
}

/** Addresses from the right; `undefined` for what is none. */
const readers: Readonly<
  Record<ForwardedHeader, (header: string) => readonly (string | undefined)[]>
> = {
  'x-forwarded-for': (header) =>
    header
      .split(',')
      .map((hop) => hop.trim())
      // One with a zone (`fe80::1%eth0`) means something on the machine that wrote it alone.
      .map((hop) => (isIP(hop) === 0 || hop.includes('%') ? undefined : hop))
      .toReversed(),
  forwarded: forwardedFor,
}

function add(list: BlockList, range: string): void {
  const [address = '', prefix, ...rest] = range.split('/')
  const widest = isIP(address) === 6 ? 128 : 32
  const bits = prefix === undefined ? widest : Number(prefix)
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && bits <= widest)
  if (isIP(address) === 0 || !isPrefix || rest.length > 0) {
    throw new Fault('settings', `trustedProxies: "${range}" is no address and no CIDR range`)
  }
  list.addSubnet(address, bits, family(address))
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

// A socket that listens on both families gives IPv4 peers as `::ffff:192.0.2.1`.
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  return mapped?.[1] ?? address
}
