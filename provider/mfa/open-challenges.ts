import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import type { KeptChallenge } from './kept-challenge.ts'

/**
 * Challenges for nobody in particular stand on a page that anybody can load as often as they like,
 * so nothing is stored for one until it proves something. The id is the challenge itself, signed
 * (HMAC-SHA256). What it says is no secret: the page shows it to the browser anyway.
 */
export interface OpenChallenges {
  make(challenge: KeptChallenge): string
  /** `undefined`: it is not ours, or too old, or used up. */
  find(id: string): Promise<KeptChallenge | undefined>
  /** Of any number of callers one gets `true`. */
  useUp(id: string): Promise<boolean>
}

/**
 * @param parts.secrets each 32 bytes, of all provider processes; the first signs, any will do
 * @param parts.lifetime milliseconds
 */
export function createOpenChallenges(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly secrets: () => readonly [Buffer, ...Buffer[]]
  readonly lifetime: number
}): OpenChallenges {
  const { store, clock, secrets, lifetime } = parts

  return {
    make: (challenge) => {
      const signed: Signed = { challenge, ends: clock.now() + lifetime }
      const body = Buffer.from(JSON.stringify(signed)).toString('base64url')
      return `${body}.${macOf(body, secrets()[0])}`
    },
    find: async (id) => {
      const { body, mac } = halves(id)
      if (!secrets().some((secret) => isSame(mac, macOf(body, secret)))) return undefined
      const { challenge, ends } = JSON.parse(Buffer.from(body, 'base64url').toString()) as Signed
      if (ends <= clock.now()) return undefined
      // Or a form that is sent twice would look like a key that was copied.
      return (await store.get(usedKey(mac))) === undefined ? challenge : undefined
    },
    useUp: (id) => store.claim(usedKey(halves(id).mac), 'used', lifetime),
  }
}

/** PURE. Whether an id is of this kind; random ones have no dot. */
export function isOpenChallenge(id: string): boolean {
  return id.includes('.')
}

// Each page with a field for the user name has one, so a key is derived once and not every time.
const keys = new WeakMap<Buffer, KeyObject>()

function keyOf(secret: Buffer): KeyObject {
  const known = keys.get(secret)
  if (known !== undefined) return known
  const key = createSecretKey(
    Buffer.from(hkdfSync('sha256', secret, '', 'postern open challenges', 32)),
  )
  keys.set(secret, key)
  return key
}

function macOf(body: string, secret: Buffer): string {
  return createHmac('sha256', keyOf(secret)).update(body).digest('base64url')
}

interface Signed {
  readonly challenge: KeptChallenge
  /** Milliseconds since the epoch. */
  readonly ends: number
}

const usedKey = (mac: string): string => `factor-challenge-used:${mac}`

function halves(id: string): { body: string; mac: string } {
  const at = id.lastIndexOf('.')
  return { body: id.slice(0, at), mac: id.slice(at + 1) }
}

function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}
