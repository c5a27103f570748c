/**
 * PURE. Whether an address leads back to the person's own machine (RFC 8252 section 7.3), where an
 * app under development listens on a port that changes, over HTTPS if its framework likes it so.
 * `localhost` is among them because it is what developers type, though RFC 8252 section 8.3 prefers
 * the numbers.
 */
export function isLoopback(address: string): boolean {
  if (!isPlainlyWritten.test(address)) return false
  const url = URL.parse(address)
  if (url === null || url.username !== '' || url.password !== '') return false
  return url.hash === '' && hosts.has(url.hostname)
}

const hosts: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost'])

// What the URL parser forgives is read in another way elsewhere: `http:host/` leads to a path of our
// own once it stands in a page of ours, and what comes before an empty fragment is no whole query.
const isPlainlyWritten = /^https?:\/\/[^\s\\#]+$/
