import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
} from 'node:crypto'
import { promisify } from 'node:util'
import { type JoseKey, joseKey } from './envelope-jose.ts'
import { Fault } from './fault.ts'
import type { Prekey } from './wire.ts'

/**
 * Keys of the channel. An identity key is P-256 and only signs; a prekey is RSA-2048 and only
 * opens session keys. One key for both jobs is what lets a stolen agent certificate both read
 * and impersonate in other systems.
 */
export interface SigningKey extends Known {
  readonly use: 'sign'
  readonly key: KeyObject
}
export interface VerifyingKey extends Known {
  readonly use: 'verify'
  readonly key: KeyObject
}
/** How others call the pair that a key is half of. */
interface Known {
  /** SHA-256 of the public half's SPKI, base64url. */
  readonly id: string
  /** Base64 SPKI, one line, as settings and messages have it. */
  readonly publicKey: string
}
export interface PrekeyPair {
  readonly public: Prekey
  readonly private: JoseKey
}

const generate = promisify(generateKeyPair)

/** @returns a new P-256 key pair: private as PKCS#8 PEM, public as one line of base64 SPKI */
export async function createIdentity(): Promise<{ privatePem: string; publicKey: string }> {
  const pair = await generate('ec', { namedCurve: 'P-256' })
  return {
    privatePem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: spkiLine(pair.publicKey),
  }
}

/** The public half of a private identity key, in the form that settings pin. */
export function publicKeyOf(privatePem: string): string {
  return spkiLine(createPublicKey(p256(() => createPrivateKey(privatePem), 'private key (PEM)')))
}

/**
 * @param privatePem P-256 private key, PKCS#8 PEM (RFC 5958)
 * @throws Fault `settings`
 */
export async function signingKey(privatePem: string): Promise<SigningKey> {
  const key = p256(() => createPrivateKey(privatePem), 'private key (PEM)')
  return {
    use: 'sign',
    key,
    ...known(createPublicKey(key)),
  }
}

/**
 * @param publicKey P-256 public key, base64 of SPKI DER (RFC 5480)
 * @throws Fault `settings`
 */
export async function verifyingKey(publicKey: string): Promise<VerifyingKey> {
  const key = readPublicKey(publicKey)
  return { use: 'verify', key, ...known(key) }
}

/** The same as Node has it. */
export function readPublicKey(publicKey: string): KeyObject {
  const der = { key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' } as const
  return p256(() => createPublicKey(der), 'public key (base64)')
}

/**
 * The private keys of a PEM file, in its order.
 * @throws Fault `settings` if one is not on the curve P-256, or there is none
 */
export async function signingKeys(pem: string): Promise<readonly [SigningKey, ...SigningKey[]]> {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----/g) ?? []
  const [first, ...rest] = await Promise.all(blocks.map(signingKey))
  if (first === undefined) throw new Fault('settings', 'there is no private key (PEM) in it')
  return [first, ...rest]
}

/** @param kid names the prekey in heartbeats and session grants */
export async function createPrekey(kid: string): Promise<PrekeyPair> {
  const pair = await generate('rsa', { modulusLength: 2048 })
  const { n, e } = pair.publicKey.export({ format: 'jwk' })
  if (n === undefined || e === undefined) throw new Fault('internal', 'RSA key without n and e')
  const own = await joseKey({ ...pair.privateKey.export({ format: 'jwk' }), kid })
  return { public: { kid, kty: 'RSA', n, e }, private: own }
}

function p256(read: () => KeyObject, what: string): KeyObject {
  try {
    const key = read()
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key
  } catch (cause) {
    throw new Fault('settings', `this is no ${what} on the curve P-256`, { cause })
  }
  throw new Fault('settings', `this ${what} is not on the curve P-256`)
}

function known(publicHalf: KeyObject): Known {
  const publicKey = spkiLine(publicHalf)
  return { id: keyId(publicKey), publicKey }
}

/** @param publicKey base64 SPKI */
export function keyId(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('base64url')
}

function spkiLine(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64')
}
