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
import type { Store } from './store.ts'

/**
 * A store around a store that is not trusted. Whoever reads the inner one sees what kinds of
 * things there are, how many and how long they live; not whose they are nor what they say. Whoever
 * writes to it can delete values and bring back old ones of the same key until they end, and can
 * set counters; a value made up, altered, moved to another key or kept beyond its end is not
 * given out.
 *
 * A key `purpose:rest` becomes `purpose:` and the HMAC-SHA256 of the whole key. A value is sealed
 * with AES-256-GCM, bound to that key; so is every value of a list. Counters stay numbers, since
 * the store has to count.
 *
 * @param dataKey 32 secret bytes, the same in every process that shares the store
 * @throws Fault `settings` if the data key is too short; the store's methods also throw
 *   `sealBroken` for what does not open
 */
export function sealedStore(store: Store, dataKey: Buffer, clock: Clock): Store {
  const name = createNames(dataKey)
  const { seal, open } = createSeal(dataKey, clock)
  const never = Number.POSITIVE_INFINITY

  function openIfAny(key: string, sealed: string | undefined): string | undefined {
    if (sealed === undefined) return undefined
    const { value, ends } = open(key, sealed)
    return ends > clock.now() ? value : undefined
  }

  return {
    get: async (key) => {
      const blind = name(key)
      return openIfAny(blind, await store.get(blind))
    },
    set: (key, value, ttl) => {
      const blind = name(key)
      return store.set(blind, seal(blind, value, clock.now() + (ttl ?? never)), ttl)
    },
    delete: (key) => store.delete(name(key)),
    take: async (key) => {
      const blind = name(key)
      return openIfAny(blind, await store.take(blind))
    },
    claim: (key, value, ttl) => {
      const blind = name(key)
      return store.claim(blind, seal(blind, value, clock.now() + ttl), ttl)
    },
    count: (key, window) => store.count(name(key), window),
    append: (key, value, options) => {
      const blind = name(key)
      // The list's end moves with every value, and no value knows how far.
      return store.append(blind, seal(blind, value, never), options)
    },
    range: async (key) => {
      const blind = name(key)
      return (await store.range(blind)).map((sealed) => open(blind, sealed).value)
    },
  }
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
const shortest = ivLength + endLength + tagLength

function createSeal(dataKey: Buffer, clock: Clock) {
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
    const iv = clock.randomBytes(ivLength)
    const cipher = createCipheriv('aes-256-gcm', valueKey(key), iv, { authTagLength: tagLength })
    cipher.setAAD(Buffer.from(key))
    const plain = Buffer.alloc(endLength + Buffer.byteLength(value))
    plain.writeDoubleBE(ends)
    plain.write(value, endLength)
    const body = [cipher.update(plain), cipher.final()]
    return Buffer.concat([iv, ...body, cipher.getAuthTag()]).toString('base64url')
  }

  function open(key: string, sealed: string): { value: string; ends: number } {
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < shortest) throw new Fault('sealBroken', `${purposeOf(key)}: too short`)
    const iv = bytes.subarray(0, ivLength)
    const decipher = createDecipheriv('aes-256-gcm', valueKey(key), iv, {
      authTagLength: tagLength,
    })
    decipher.setAAD(Buffer.from(key)).setAuthTag(bytes.subarray(-tagLength))
    const body = decipher.update(bytes.subarray(ivLength, -tagLength))
    try {
      decipher.final()
    } catch (cause) {
      throw new Fault('sealBroken', `${purposeOf(key)}: the seal does not open`, { cause })
    }
    return { value: body.toString('utf8', endLength), ends: body.readDoubleBE() }
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
