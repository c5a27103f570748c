import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import type { Clock } from './clock.ts'
import { Fault } from './fault.ts'

/**
 * How `sealed-store.ts` hides what it keeps. A key `purpose:rest` becomes `purpose:` and the
 * HMAC-SHA256 of the whole key. A value is sealed with AES-256-GCM, bound to that name. The key
 * itself is sealed in with it: a name cannot be turned back into its key, and with another data
 * key it has another name.
 */
export interface Sealing {
  /** The name under which a key is kept. */
  readonly name: (key: string) => string
  /** @param ends milliseconds since the epoch, or infinity */
  readonly seal: (key: string, value: string, ends: number) => string
  /** @throws Fault `sealBroken` if it was not sealed under this name with this data key */
  readonly open: (name: string, sealed: string) => Opened
}

export interface Opened {
  readonly key: string
  readonly value: string
  readonly ends: number
}

/** @throws Fault `settings` if the data key has less than 32 bytes */
export function createSealing(dataKey: Buffer, clock: Clock): Sealing {
  const name = createNames(dataKey)
  return { name, ...createSeal(dataKey, clock, name) }
}

function createNames(dataKey: Buffer): (key: string) => string {
  const indexKey = derive(dataKey, 'postern sealed store: index')
  // One sign-in asks for the same few keys again and again.
  const recent = new Map<string, string>()
  return (key) => {
    const known = recent.get(key)
    if (known !== undefined) return known
    const purpose = key.slice(0, key.indexOf(':') + 1)
    const name = purpose + createHmac('sha256', indexKey).update(key).digest('base64url')
    if (recent.size >= namesRemembered) recent.clear()
    recent.set(key, name)
    return name
  }
}

const namesRemembered = 1_000

const ivLength = 12
const tagLength = 16
const endLength = 8
// The end, and how many bytes of the key come next.
const headLength = endLength + 4
const shortest = ivLength + headLength + tagLength

function createSeal(dataKey: Buffer, clock: Clock, name: Sealing['name']) {
  const valueKeys = new Map<string, KeyObject>()

  // Random IVs are safe for 2^32 values under one key (NIST SP 800-38D, 8.3), and a busy provider
  // writes as many in a year or two. So there are 64 keys, and a letter of the key's HMAC says
  // which; the last but one, since the last carries fewer bits.
  function valueKey(key: string): KeyObject {
    const letter = key.at(-2) ?? ''
    const found = valueKeys.get(letter) ?? derive(dataKey, `postern sealed store: value ${letter}`)
    valueKeys.set(letter, found)
    return found
  }

  function seal(key: string, value: string, ends: number): string {
    const blind = name(key)
    const iv = clock.randomBytes(ivLength)
    const cipher = createCipheriv('aes-256-gcm', valueKey(blind), iv, { authTagLength: tagLength })
    cipher.setAAD(Buffer.from(blind))
    const keyLength = Buffer.byteLength(key)
    const plain = Buffer.alloc(headLength + keyLength + Buffer.byteLength(value))
    plain.writeDoubleBE(ends)
    plain.writeUInt32BE(keyLength, endLength)
    plain.write(key, headLength)
    plain.write(value, headLength + keyLength)
    const body = [cipher.update(plain), cipher.final()]
    return Buffer.concat([iv, ...body, cipher.getAuthTag()]).toString('base64url')
  }

  function open(blind: string, sealed: string): Opened {
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < shortest) throw new Fault('sealBroken', `${purposeOf(blind)}: too short`)
    const iv = bytes.subarray(0, ivLength)
    const decipher = createDecipheriv('aes-256-gcm', valueKey(blind), iv, {
      authTagLength: tagLength,
    })
    decipher.setAAD(Buffer.from(blind)).setAuthTag(bytes.subarray(-tagLength))
    const body = decipher.update(bytes.subarray(ivLength, -tagLength))
    try {
      decipher.final()
    } catch (cause) {
      throw new Fault('sealBroken', `${purposeOf(blind)}: the seal does not open`, { cause })
    }
    const keyEnds = headLength + body.readUInt32BE(endLength)
    return {
      key: body.toString('utf8', headLength, keyEnds),
      value: body.toString('utf8', keyEnds),
      ends: body.readDoubleBE(),
    }
  }

  return { seal, open }
}

function derive(dataKey: Buffer, info: string): KeyObject {
  if (dataKey.length < 32) throw new Fault('settings', 'the data key must have 32 bytes')
  return createSecretKey(Buffer.from(hkdfSync('sha256', dataKey, '', info, 32)))
}

function purposeOf(key: string): string {
  return `a value of kind "${key.slice(0, key.indexOf(':'))}"`
}
