import type { Configuration } from 'oidc-provider'
import { CookieSignatures } from './cookie-signatures.ts'

type Cookies = NonNullable<Configuration['cookies']>

/**
 * The browser's side of a session. `SameSite=Lax` and not `Strict`, since every sign-in begins with
 * a link from another site; and not `None`, which only POST requests to the authorization endpoint
 * would need: no app has to send one, and without them no other site can post in a person's name.
 *
 * On https the names have prefixes (RFC 6265bis section 4.1.3) that keep other hosts of the domain
 * and plain http from planting cookies. `__Host-` needs the path `/`, and the two that belong to
 * one sign-in each are kept to its path.
 */
export function cookies(issuer: string, key: string): Cookies {
  const isHttps = issuer.startsWith('https:')
  return {
    names: {
      session: `${isHttps ? '__Host-' : ''}postern_session`,
      interaction: `${isHttps ? '__Secure-' : ''}postern_interaction`,
      resume: `${isHttps ? '__Secure-' : ''}postern_resume`,
    },
    long: { httpOnly: true, sameSite: 'lax', signed: true },
    short: { httpOnly: true, sameSite: 'lax', signed: true },
    keys: new CookieSignatures(key),
  }
}
