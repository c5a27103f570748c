import { createHash, createSecretKey, type KeyObject } from 'node:crypto'
import { decryptDirect, encryptDirect, type JoseHeader, type Opened } from './envelope-compact.ts'
import { Fault } from './fault.ts'

/**
 * Sealing of questions and verdicts under a session key: JWE `dir` + A256GCM (RFC 7516,
 * RFC 7518 sections 4.5 and 5.3), padded. The protected header binds each message to its request,
 * agent, realm, provider process, expiry and direction, so that a carrier who swaps or turns
 * around messages of one session is found out.
 */
export interface Binding {
  readonly type: 'postern-question' | 'postern-verdict'
  readonly id: string
  readonly agent: string
  readonly realm: string
  readonly instance: string
  /** Milliseconds since the epoch. */
  readonly expires: number
}

export interface SessionKey {
  readonly use: 'seal'
  readonly secret: KeyObject
}

// A verdict "ok" with a few claims and a plain "no" must look alike on the wire, and so must short
// and long passwords.
const paddedTo = { 'postern-question': 512, 'postern-verdict': 2048 } as const

/** @param secret 256 bits, base64url */
export function sessionKey(secret: string): SessionKey {
  return { use: 'seal', secret: createSecretKey(secret, 'base64url') }
}

/** @returns a compact JWE */
export async function seal(text: string, binding: Binding, session: SessionKey): Promise<string> {
  return encryptDirect(pad(text, paddedTo[binding.type]), header(binding), session.secret)
}

/**
 * @param expected the binding, as the reader knows it without having looked into the message
 * @throws Fault `forgedMessage` when key, algorithm or binding is another than expected
 */
export async function open(jwe: string, expected: Binding, session: SessionKey): Promise<string> {
  const opened = decrypted(jwe, session)
  const wanted: JoseHeader = { ...header(expected), alg: 'dir', enc: 'A256GCM' }
  // Also what is in one header alone: `crit` or `zip`, say, which would change what the rest means.
  const names = Object.keys({ ...wanted, ...opened.header })
  const wrong = names.filter((name) => opened.header[name] !== wanted[name])
  if (wrong.length === 0) return opened.payload.toString('utf8').trimEnd()
  throw new Fault('forgedMessage', `${expected.type}: sealed for another ${wrong.join(', ')}`)
}

/** The hash by which a verdict names the sealed question it answers: SHA-256, base64url. */
export function sealedHash(jwe: string): string {
  return createHash('sha256').update(jwe).digest('base64url')
}

/**
 * The binding that a sealed message states of itself, unchecked: good for finding out what to
 * expect of it, and for nothing else until `open` has succeeded.
 * @throws Fault `badMessage`
 */
export function statedHeader(jwe: string): JoseHeader {
  try {
    const text = Buffer.from(jwe.slice(0, jwe.indexOf('.')), 'base64url').toString('utf8')
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return parsed as JoseHeader
  } catch (cause) {
    throw new Fault('badMessage', 'not a sealed message', { cause })
  }
  throw new Fault('badMessage', 'not a sealed message')
}

function header({ type, ...rest }: Binding): JoseHeader {
  return { ...rest, typ: type }
}

function decrypted(jwe: string, session: SessionKey): Opened {
  try {
    return decryptDirect(jwe, session.secret)
  } catch (cause) {
    throw new Fault('forgedMessage', 'the seal does not open with the session key', { cause })
  }
}

// Spaces after JSON mean nothing, so nobody needs to be told where the padding starts.
function pad(text: string, step: number): Buffer {
  const size = Math.ceil(Buffer.byteLength(text) / step) * step
  const padded = Buffer.alloc(size, ' ')
  padded.write(text)
  return padded
}
