import jose from 'node-jose'
import { systemClock } from './clock.ts'
import type { Opened } from './envelope-compact.ts'

/**
 * What the channel needs of the JOSE library: to seal something to somebody's key. What it is
 * swapped for has to offer these. They throw whatever the library throws; the callers know what
 * that means. `typ` and `alg` of what comes in are checked by the callers, too.
 */
export type JoseKey = jose.JWK.Key

/** @param jwk RFC 7517 */
export function joseKey(jwk: object): Promise<JoseKey> {
  return jose.JWK.asKey(jwk)
}

const enc = 'A256GCM'

/** RFC 7516, content under A256GCM and its key under what `header.alg` says. */
export function encrypt(plain: Buffer, header: Opened['header'], key: JoseKey): Promise<string> {
  const common = { format: 'compact', contentAlg: enc, zip: false } as const
  const options = { ...common, fields: header, iv: freshVector() }
  return jose.JWE.createEncrypt(options, recipient(key)).update(plain).final()
}

export async function decrypt(jwe: string, alg: string, key: JoseKey): Promise<Opened> {
  const options = { algorithms: [alg, enc], allowEmbeddedKey: false }
  const { header, payload } = await jose.JWE.createDecrypt(key, options).decrypt(jwe)
  return { header: header as Opened['header'], payload }
}

// Random, 96 bits: NIST SP 800-38D section 8.2.2, good for 2^32 messages under one key. Left to
// itself the library takes it from a generator written in JavaScript, which is slower than all the
// rest of sealing, and less to be trusted than the operating system's.
function freshVector(): Buffer {
  return systemClock.randomBytes(12)
}

// Without `reference: false` the library adds a key id to every header. It is documented, but the
// typings do not know it.
function recipient(key: JoseKey): JoseKey {
  return { key, reference: false } as unknown as JoseKey
}
