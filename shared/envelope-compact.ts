import { createCipheriv, createDecipheriv, type KeyObject, sign, verify } from 'node:crypto'
import { systemClock } from './clock.ts'

/**
 * The two JOSE operations that every question and every verdict takes, in compact form: `dir` with
 * A256GCM, and ES256. Node's own cryptography and not the library's, which reads the key anew at
 * each message and takes twice as long. They throw at what does not open; the callers
 * know what that means. `typ` and `alg` of what comes in are checked by the callers, too.
 */
export type JoseHeader = Readonly<Record<string, unknown>>
export interface Opened {
  readonly header: JoseHeader
  readonly payload: Buffer
}

const gcm = 'aes-256-gcm'
const tagLength = 16
const vectorLength = 12

/**
 * RFC 7516 sections 5.1 and 5.2, where there is no key to wrap.
 * @param key 256 bits
 */
export function encryptDirect(plain: Buffer, header: JoseHeader, key: KeyObject): string {
  const bound = encode(JSON.stringify({ ...header, alg: 'dir', enc: 'A256GCM' }))
  // Random: NIST SP 800-38D section 8.2.2, good for 2^32 messages under one key.
  const vector = systemClock.randomBytes(vectorLength)
  const cipher = createCipheriv(gcm, key, vector, { authTagLength: tagLength })
  cipher.setAAD(Buffer.from(bound))
  // In counter mode all of it comes out at once: `final` has nothing to add.
  const data = cipher.update(plain)
  cipher.final()
  return [bound, '', encode(vector), encode(data), encode(cipher.getAuthTag())].join('.')
}

export function decryptDirect(jwe: string, key: KeyObject): Opened {
  const [bound = '', wrapped, vector = '', data = '', tag = '', ...more] = jwe.split('.')
  if (wrapped !== '' || more.length > 0) throw new Error('not a compact JWE with `dir`')
  const decipher = createDecipheriv(gcm, key, decode(vector), { authTagLength: tagLength })
  // Refuses a tag of another length (NIST SP 800-38D appendix C: a short one is soon guessed).
  decipher.setAAD(Buffer.from(bound)).setAuthTag(decode(tag))
  const payload = decipher.update(decode(data))
  decipher.final()
  return { header: headerOf(bound), payload }
}

// RFC 7518 section 3.4: the two numbers side by side, and not in ASN.1.
const dsaEncoding = 'ieee-p1363'

/** RFC 7515 section 5.1, ES256 (RFC 7518 section 3.4). @param key on the curve P-256 */
export function signES256(payload: string, header: JoseHeader, key: KeyObject): string {
  const signed = `${encode(JSON.stringify({ ...header, alg: 'ES256' }))}.${encode(payload)}`
  return `${signed}.${encode(sign('sha256', Buffer.from(signed), { key, dsaEncoding }))}`
}

/** RFC 7515 section 5.2. ES256 whatever the header says, which is for the caller to look at. */
export function verifyES256(jws: string, key: KeyObject): Opened {
  const [header = '', payload = '', signature = '', ...more] = jws.split('.')
  if (more.length > 0) throw new Error('not a compact JWS')
  const signed = Buffer.from(`${header}.${payload}`)
  if (!verify('sha256', signed, { key, dsaEncoding }, decode(signature))) {
    throw new Error('not signed by this key')
  }
  return { header: headerOf(header), payload: decode(payload) }
}

function headerOf(text: string): JoseHeader {
  return JSON.parse(decode(text).toString('utf8')) as JoseHeader
}

function encode(plain: string | Buffer): string {
  return (typeof plain === 'string' ? Buffer.from(plain) : plain).toString('base64url')
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}
