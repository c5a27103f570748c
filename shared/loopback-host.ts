import { isInNetworks } from './network.ts'

/**
 * Whether a host is this machine itself, written as addresses have it: `localhost`, anything of
 * 127.0.0.0/8, and `::1` with or without the brackets of a URL. What is below `localhost`
 * (RFC 6761 section 6.3) is not: a resolver may send that elsewhere.
 *
 * @param hostname as `URL` gives it, or typed; case does not matter
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return host === 'localhost' || isInNetworks(host, ['127.0.0.0/8', '::1'])
}
