import { isIP } from 'node:net'

/**
 * PURE. The addresses of a `Forwarded` header (RFC 7239), from the right, as a proxy appends what
 * it saw: the parameter `for`, without its port. `undefined` for whatever is no address: `unknown`,
 * an obfuscated name, no `for` or two of them, an element that cannot be read.
 *
 * Every comma ends an element. One inside a quoted string should not, but then a quote that a
 * client has left open would swallow what the proxy said after it. So an element with such a comma
 * is not read; and no piece of it is mistaken for an element, since a quote inside a quoted string
 * has a backslash before it, and no value begins with one.
 *
 * @param header as it came; several of them joined by commas (RFC 9110 section 5.3)
 */
export function forwardedFor(header: string): readonly (string | undefined)[] {
  return header.split(',').toReversed().map(addressIn)
}

type Pair = readonly [name: string, value: string]

/** RFC 7239 section 4, and white space around `;`, which some write. `undefined`: not an element. */
function pairsIn(element: string): readonly Pair[] | undefined {
  const pairs: Pair[] = []
  const next =
    /[ \t]*(?:([!#$%&'*+.^_`|~\w-]+)=([!#$%&'*+.^_`|~\w-]+|"(?:[^"\\]|\\.)*"))?[ \t]*(;|$)/y
  for (;;) {
    const [, name, value = '', separator] = next.exec(element) ?? []
    if (separator === undefined) return undefined
    if (name !== undefined) pairs.push([name.toLowerCase(), unquoted(value)])
    if (separator === '') return pairs
  }
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value
}

function addressIn(element: string): string | undefined {
  const nodes = (pairsIn(element) ?? []).filter(([name]) => name === 'for')
  const [, node] = nodes[0] ?? []
  // Each parameter may occur once; of two, one is somebody's lie.
  return node === undefined || nodes.length > 1 ? undefined : addressOf(node)
}

/** RFC 7239 section 6: an address, the one of IPv6 in brackets, and a port that may be obfuscated. */
function addressOf(node: string): string | undefined {
  const [, v4 = '', v6 = ''] =
    /^(?:([\d.]+)|\[([\da-f:.]+)\])(?::(?:\d{1,5}|_[\w.-]+))?$/i.exec(node) ?? []
  if (isIP(v4) === 4) return v4
  return isIP(v6) === 6 ? v6 : undefined
}
