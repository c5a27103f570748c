import { createHash, generateKeyPair, type KeyObject } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Clock, randomId } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import type { Store } from '../../shared/store.ts'
import {
  type KeyState,
  type ScheduledKey,
  type SigningAlgorithm,
  type SigningKey,
  schedule,
  signingAlgorithms,
} from './signing-key-schedule.ts'

/**
 * The keys that sign tokens: one for each algorithm, made when they are first needed, kept in the
 * sealed store for all processes, and replaced by `postern keys rotate`.
 */

/** Milliseconds from a new key's publication to its first signature. */
export const announcement = 600_000

/**
 * The stored keys. If there are none, the ones this process has used so far, so that a store that
 * lost its memory does not make valid tokens worthless; else new ones, which sign at once.
 * @param store sealed
 * @throws Fault `storeDown`
 */
export async function ensureSigningKeys(
  store: Store,
  clock: Clock,
  known: readonly SigningKey[] = [],
): Promise<readonly SigningKey[]> {
  const stored = await readKeys(store)
  if (stored.length > 0) return stored
  const fresh = known.length > 0 ? known : await createKeys(clock, clock.now())
  return changeKeys(store, clock, (keys) => (keys.length > 0 ? keys : fresh))
}

/** Publishes new keys, to sign after the announcement, whatever is being announced already. */
export async function rotateSigningKeys(store: Store, clock: Clock): Promise<readonly ListedKey[]> {
  const fresh = await createKeys(clock, clock.now() + announcement)
  await changeKeys(store, clock, (keys) => [...keys, ...fresh])
  return listSigningKeys(store, clock)
}

/** Takes the keys that nobody needs any more out of the store. */
export async function dropKeys(store: Store, clock: Clock, gone: readonly string[]): Promise<void> {
  await changeKeys(store, clock, (keys) => keys.filter(({ kid }) => !gone.includes(kid)))
}

export interface ListedKey {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly state: KeyState
  /** Milliseconds since the epoch. */
  readonly created: number
  readonly signsFrom: number
}

/** Without their private halves. What is stored is published, so that no key is `gone` here. */
export async function listSigningKeys(store: Store, clock: Clock): Promise<readonly ListedKey[]> {
  const all = schedule(await readKeys(store), clock.now(), Number.POSITIVE_INFINITY)
  return all.map(({ key: { kid, alg, created, signsFrom }, state }: ScheduledKey) => ({
    kid,
    alg,
    state,
    created,
    signsFrom,
  }))
}

const name = 'oidc:signing-keys'
const lockName = 'oidc:signing-keys:lock'

async function readKeys(store: Store): Promise<readonly SigningKey[]> {
  const found = await store.get(name)
  return found === undefined ? [] : (JSON.parse(found) as SigningKey[])
}

// Milliseconds. Under the lock there are one read and one write; making keys comes before.
const lockLifetime = 10_000
const lockPause = 20
const lockTries = 1_000

async function changeKeys(
  store: Store,
  clock: Clock,
  change: (keys: readonly SigningKey[]) => readonly SigningKey[],
): Promise<readonly SigningKey[]> {
  const holder = randomId(clock)
  for (let tries = 0; !(await store.claim(lockName, holder, lockLifetime)); tries += 1) {
    if (tries === lockTries) throw new Fault('internal', 'the signing keys stay locked')
    await delay(lockPause)
  }
  try {
    const keys = change(await readKeys(store))
    await store.set(name, JSON.stringify(keys))
    return keys
  } finally {
    await store.delete(lockName)
  }
}

const generate = promisify(generateKeyPair)

/** A key of its own for each algorithm: RFC 8725 section 3.1 wants one key for one of them. */
function createKeys(clock: Clock, signsFrom: number): Promise<SigningKey[]> {
  return Promise.all(
    signingAlgorithms.map(async (alg) => {
      const pair = alg === 'ES256' ? await ecKey() : await rsaKey()
      const jwk = pair.privateKey.export({ format: 'jwk' }) as Record<string, string>
      const kid = thumbprint(pair.publicKey)
      return { kid, alg, created: clock.now(), signsFrom, jwk: { ...jwk, kid, alg, use: 'sig' } }
    }),
  )
}

function ecKey(): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return generate('ec', { namedCurve: 'P-256' })
}

function rsaKey(): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return generate('rsa', { modulusLength: 2048 })
}

/** RFC 7638: the required members in the order of their names. */
function thumbprint(key: KeyObject): string {
  const { kty, crv, e, n, x, y } = key.export({ format: 'jwk' })
  const members = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}
