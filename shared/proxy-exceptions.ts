import { isIP } from 'node:net'
import { isLoopbackHost } from './loopback-host.ts'
import { isInNetworks, isNetwork } from './network.ts'

/**
 * Whether a server is reached without the proxy. There is no standard for `NO_PROXY`; what curl and
 * Go agree on is understood here: `*` for all, a host with everything below it (`corp.example`, or
 * with a dot or `*.` before it), a network (`10.0.0.0/8`), and each but `*` with `:port`.
 *
 * @param exceptions as in `NO_PROXY`, one each
 */
export function goesAround(
  exceptions: readonly string[],
  { host, port }: { host: string; port: number },
): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return exceptions.some((each) => {
    const { pattern, onPort } = parsed(each.toLowerCase())
    if (onPort !== undefined && onPort !== port) return false
    return fits(pattern, name)
  })
}

/** A list as environment variables have it: separated by commas or spaces. */
export function exceptionsIn(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((each) => each !== '')
}

/**
 * This machine itself, or what lies below its name or has the dot of a full name, which browsers
 * also take for it. A proxy would take all of them for its own machine.
 */
export function isOwnMachine(host: string): boolean {
  return /(^|\.)localhost\.?$/i.test(host) || isLoopbackHost(host)
}

function fits(pattern: string, name: string): boolean {
  if (pattern === '*') return true
  if (isNetwork(pattern)) return isInNetworks(name, [pattern])
  if (isIP(name) !== 0) return false
  const suffix = pattern.replace(/^\*?\./, '')
  return suffix !== '' && (name === suffix || name.endsWith(`.${suffix}`))
}

function parsed(exception: string): { pattern: string; onPort?: number } {
  // An IPv6 address has colons of its own, and is in brackets when a port follows.
  const [, pattern, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(exception) ?? []
  const plain = (pattern ?? exception).replace(/^\[(.*)\]$/, '$1')
  return { pattern: plain, ...(port !== undefined && { onPort: Number(port) }) }
}
