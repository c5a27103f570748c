import { createHash } from 'node:crypto'
import {
  decodeAttestationObject,
  decodeClientDataJSON,
  parseAuthenticatorData,
} from '@simplewebauthn/server/helpers'
import type { FactorRefusal } from './factor.ts'
import { bytes, type ExpectedPasskey, type PasskeyParts } from './passkey-challenge.ts'

/** What browser and authenticator say about one ceremony; nothing of it is proven yet. */
export interface Ceremony {
  readonly type: string
  readonly challenge: string
  readonly origin: string
  /** Whether the page was in a frame of another site's. */
  readonly crossOrigin: boolean
  readonly rpIdHash: Uint8Array
  readonly flags: { readonly up: boolean; readonly uv: boolean; readonly be: boolean }
  readonly counter: number
}

/**
 * PURE. Reads both halves of an answer. `undefined`: they are not what they should be.
 * @param clientDataJSON base64url, as is the authenticator's half, of one kind or the other
 */
export function readCeremony(
  clientDataJSON: string,
  half: { readonly authenticatorData: string } | { readonly attestationObject: string },
): Ceremony | undefined {
  try {
    const client = decodeClientDataJSON(clientDataJSON)
    const data =
      'authenticatorData' in half
        ? bytes(half.authenticatorData)
        : decodeAttestationObject(bytes(half.attestationObject)).get('authData')
    const { rpIdHash, flags, counter } = parseAuthenticatorData(data)
    const { type, challenge, origin, crossOrigin = false } = client
    return { type, challenge, origin, crossOrigin, rpIdHash, flags, counter }
  } catch {
    return undefined
  }
}

/**
 * PURE. Why an answer does not count, whatever its signature: WebAuthn Level 3, section 7.1, steps 7
 * to 16, and 7.2, steps 10 to 17. The library checks the same again, but says why in words that
 * change with its versions.
 */
export function ceremonyRefusal(
  ceremony: Ceremony,
  expected: ExpectedPasskey,
  { relyingParty, settings, clock }: PasskeyParts,
): FactorRefusal | undefined {
  const { challenge, origin, crossOrigin, rpIdHash, flags } = ceremony
  if (challenge !== expected.challenge || clock.now() > expected.ends) return 'expired'
  // Our pages are in nobody's frame.
  if (origin !== relyingParty.origin || crossOrigin) return 'wrongOrigin'
  const ownHash = createHash('sha256').update(relyingParty.id).digest()
  if (!ownHash.equals(rpIdHash)) return 'wrongOrigin'
  if (!flags.up) return 'notVerified'
  return settings.userVerification === 'required' && !flags.uv ? 'notVerified' : undefined
}
