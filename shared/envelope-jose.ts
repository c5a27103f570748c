import jose from 'node-jose'
import { systemClock } from './clock.ts'

/**
 * The four JOSE operations of the channel, compact form only, and nothing else of the library:
 * what it is swapped for has to offer these. They throw whatever the library throws; the callers
 * know what that means. `typ`, `alg` and `enc` of what comes in are checked by the callers, too.
 */
export type JoseKey = jose.JWK.Key
export type JoseHeader = Readonly<Record<string, unknown>>
export interface Opened {
  readonly header: JoseHeader
  readonly payload: Buffer
}

// Bytes. Random, 96 bits: NIST SP 800-38D section 8.2.2, good for 2^32 messages under one key.
const ivLength = 12

/** @param jwk RFC 7517 */
export function joseKey(jwk: object): Promise<JoseKey> {
  return jose.JWK.asKey(jwk)
}

/** RFC 7516, content under A256GCM; `header.alg` says how the key is managed. */
export function encrypt(plain: Buffer, header: JoseHeader, key: JoseKey): Promise<string> {
  const common = { format: 'compact', contentAlg: 'A256GCM', zip: false } as const
  // Left to itself the library takes the vector from a generator written in JavaScript, which is
  // slower than all the rest of sealing, and less to be trusted than the operating system's.
  const options = { ...common, fields: header, iv: systemClock.randomBytes(ivLength) }
  return jose.JWE.createEncrypt(options, recipient(key)).update(plain).final()
}

export async function decrypt(jwe: string, alg: string, key: JoseKey): Promise<Opened> {
  const options = { algorithms: [alg, 'A256GCM'], allowEmbeddedKey: false }
  const { header, payload } = await jose.JWE.createDecrypt(key, options).decrypt(jwe)
  return { header: header as JoseHeader, payload }
}

/** RFC 7515, ES256 (RFC 7518 section 3.4) */
export async function signES256(payload: string, typ: string, key: JoseKey): Promise<string> {
  const options = { format: 'compact', alg: 'ES256', fields: { typ } } as const
  const signer = jose.JWS.createSign(options, recipient(key))
  // The typings promise the general form; `format: 'compact'` gives a string.
  return (await signer.update(payload, 'utf8').final()) as unknown as string
}

export async function verifyES256(jws: string, key: JoseKey): Promise<Opened> {
  const options = { algorithms: ['ES256'], allowEmbeddedKey: false }
  const { header, payload } = await jose.JWS.createVerify(key, options).verify(jws)
  return { header: header as JoseHeader, payload }
}

// Without `reference: false` the library adds a key id to every header. It is documented, but the
// typings do not know it.
function recipient(key: JoseKey): JoseKey {
  return { key, reference: false } as unknown as JoseKey
}
