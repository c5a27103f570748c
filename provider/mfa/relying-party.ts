import { isIP } from 'node:net'

/** Who asks for a passkey (WebAuthn Level 3, section 4, "Relying Party"). */
export interface RelyingParty {
  /** The host alone. A passkey is for one of these and can never be moved to another. */
  readonly id: string
  /** What some authenticators show beside it. */
  readonly name: string
  /** RFC 6454: where our pages are. */
  readonly origin: string
}

/**
 * PURE. Absent where browsers know no passkeys: on a host that is an address instead of a name
 * (WebAuthn Level 3, section 5.1.3, step 7).
 * @param issuer the provider's address, as apps know it
 */
export function relyingPartyOf(issuer: string, name: string): RelyingParty | undefined {
  const { hostname, origin } = new URL(issuer)
  const isAddress = hostname.startsWith('[') || isIP(hostname) !== 0
  return isAddress ? undefined : { id: hostname, name, origin }
}
