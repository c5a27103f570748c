import { hkdfSync } from 'node:crypto'

/** Secrets that all provider processes must agree on, made from the root secret that they share. */
export interface DerivedSecrets {
  /** Signs cookies. */
  readonly cookies: string
  /** Makes DPoP nonces (RFC 9449 section 8); 32 bytes. */
  readonly dpopNonces: Buffer
}

/**
 * HKDF (RFC 5869) with a name for each use, so that none of these gives the root or another one
 * away. Without a salt: the root is random from end to end.
 */
export function deriveSecrets(rootSecret: Buffer): DerivedSecrets {
  return {
    cookies: derive(rootSecret, 'cookies').toString('base64url'),
    dpopNonces: derive(rootSecret, 'dpop-nonces'),
  }
}

function derive(rootSecret: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', rootSecret, '', `postern/oidc/${use}`, 32))
}
