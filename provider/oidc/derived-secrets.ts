import { hkdfSync } from 'node:crypto'

/** Secrets that all provider processes must agree on, made from the data key that they share. */
export interface DerivedSecrets {
  /** Signs cookies. */
  readonly cookies: string
  /** Makes DPoP nonces (RFC 9449 section 8); 32 bytes. */
  readonly dpopNonces: Buffer
}

/**
 * HKDF (RFC 5869) with a name for each use, so that none of these gives the data key or another one
 * away. Without a salt: the data key is random from end to end.
 */
export function deriveSecrets(dataKey: Buffer): DerivedSecrets {
  return {
    cookies: derive(dataKey, 'cookies').toString('base64url'),
    dpopNonces: derive(dataKey, 'dpop-nonces'),
  }
}

function derive(dataKey: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', dataKey, '', `postern/oidc/${use}`, 32))
}
