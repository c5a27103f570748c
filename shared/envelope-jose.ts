import jose from 'node-jose'
import { systemClock } from './clock.ts'

/**
 * The JOSE operations of the channel, compact form only, and nothing else of the library: what it
 * is swapped for has to offer these. They throw whatever the library throws; the callers know what
 * that means. `typ` and `alg` of what comes in are checked by the callers, too.
 */
export type JoseKey = jose.JWK.Key
export type JoseHeader = Readonly<Record<string, unknown>>
export interface Opened {
  readonly header: JoseHeader
  readonly payload: Buffer
}

/** @param jwk RFC 7517 */
export function joseKey(jwk: object): Promise<JoseKey> {
  return jose.JWK.asKey(jwk)
}

const enc = 'A256GCM'

/** RFC 7516, content under A256GCM and its key under what `header.alg` says. */
export function encrypt(plain: Buffer, header: JoseHeader, key: JoseKey): Promise<string> {
  const common = { format: 'compact', contentAlg: enc, zip: false } as const
  const options = { ...common, fields: header, iv: freshVector() }
  return jose.JWE.createEncrypt(options, recipient(key)).update(plain).final()
}

export async function decrypt(jwe: string, alg: string, key: JoseKey): Promise<Opened> {
  const options = { algorithms: [alg, enc], allowEmbeddedKey: false }
  const { header, payload } = await jose.JWE.createDecrypt(key, options).decrypt(jwe)
  return { header: header as JoseHeader, payload }
}

/**
 * RFC 7516 sections 5.1 and 5.2 for `dir`, where there is no key to wrap. Through the library's
 * algorithms and not its JWE, which makes a key with a thumbprint for each message and takes five
 * times as long.
 * @param key 256 bits
 */
export async function encryptDirect(
  plain: Buffer,
  header: JoseHeader,
  key: Buffer,
): Promise<string> {
  const bound = encode(JSON.stringify({ ...header, alg: 'dir', enc }))
  const iv = freshVector()
  const { data, tag } = await jose.JWA.encrypt(enc, key, plain, { iv, adata: Buffer.from(bound) })
  if (tag === undefined) throw new Error('encrypted without a tag')
  return [bound, '', encode(iv), encode(data), encode(tag)].join('.')
}

export async function decryptDirect(jwe: string, key: Buffer): Promise<Opened> {
  const [bound = '', wrapped, iv = '', data = '', tag = '', ...more] = jwe.split('.')
  if (wrapped !== '' || more.length > 0) throw new Error('not a compact JWE with `dir`')
  const payload = await jose.JWA.decrypt(enc, key, decode(data), {
    iv: decode(iv),
    adata: Buffer.from(bound),
    tag: decode(tag),
  })
  return { header: JSON.parse(decode(bound).toString('utf8')) as JoseHeader, payload }
}

// Random, 96 bits: NIST SP 800-38D section 8.2.2, good for 2^32 messages under one key. Left to
// itself the library takes it from a generator written in JavaScript, which is slower than all the
// rest of sealing, and less to be trusted than the operating system's.
function freshVector(): Buffer {
  return systemClock.randomBytes(12)
}

/** RFC 7515 section 5.1, ES256 (RFC 7518 section 3.4); with the key itself, as above. */
export async function signES256(
  payload: string,
  header: JoseHeader,
  key: JoseKey,
): Promise<string> {
  const signed = `${encode(JSON.stringify({ ...header, alg: es256 }))}.${encode(payload)}`
  const { mac } = await algorithmsOf(key).sign(es256, Buffer.from(signed))
  return `${signed}.${encode(mac)}`
}

/** RFC 7515 section 5.2. ES256 whatever the header says, which is for the caller to look at. */
export async function verifyES256(jws: string, key: JoseKey): Promise<Opened> {
  const [header = '', payload = '', signature = '', ...more] = jws.split('.')
  if (more.length > 0) throw new Error('not a compact JWS')
  await algorithmsOf(key).verify(es256, Buffer.from(`${header}.${payload}`), decode(signature))
  return {
    header: JSON.parse(decode(header).toString('utf8')) as JoseHeader,
    payload: decode(payload),
  }
}

const es256 = 'ES256'

interface KeyAlgorithms {
  sign(alg: string, data: Buffer): Promise<{ readonly mac: Buffer }>
  /** Rejects if the signature is not right. */
  verify(alg: string, data: Buffer, mac: Buffer): Promise<unknown>
}

// The library documents these methods of a key; its typings do not know them.
function algorithmsOf(key: JoseKey): KeyAlgorithms {
  return key as unknown as KeyAlgorithms
}

// Without `reference: false` the library adds a key id to every header. It is documented, but the
// typings do not know it.
function recipient(key: JoseKey): JoseKey {
  return { key, reference: false } as unknown as JoseKey
}

function encode(plain: string | Buffer): string {
  return (typeof plain === 'string' ? Buffer.from(plain) : plain).toString('base64url')
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}
