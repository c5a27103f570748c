import { isLoopbackHost } from '../loopback-host.ts'

/** OpenID Connect Discovery 1.0 section 3, and plain HTTP where nobody else can listen. */
export function whyNotIssuer(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url) return 'must be a full address, such as https://id.example.com'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    return 'must begin with https:// (http:// is for localhost alone)'
  }
  if (/[?#]/.test(text)) return 'must have no ? and no #'
  if (url.username !== '' || url.password !== '') return 'must have no user name or password in it'
  // Apps compare it letter by letter, and this is the letter that gets lost.
  if (text.endsWith('/')) return 'must not end with a /'
  // Everything answers at the root of its host: cookies with the prefix __Host- need that.
  return url.pathname === '/' ? undefined : 'must have no path: give it a host name of its own'
}
