import { randomBytes } from 'node:crypto'

/**
 * Time and entropy, handed to everything that needs them, so that a test can stop the one and
 * foretell the other. This file is the only reader of the real ones.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
  /** `size` bytes from a cryptographically secure source. */
  randomBytes(size: number): Buffer
}

export const systemClock: Clock = {
  now: () => Date.now(),
  randomBytes: takeFromPool,
}

// One call into the operating system's source costs as much for 4 KiB as for the few bytes of an id
// or a vector, of which a sign-in needs some thirty.
const poolSize = 4096
let pool = Buffer.alloc(0)
let taken = 0

/** Bytes that nobody else gets, and that are not left behind. */
function takeFromPool(size: number): Buffer {
  if (size > poolSize) return randomBytes(size)
  if (taken + size > pool.length) {
    pool = randomBytes(poolSize)
    taken = 0
  }
  const left = pool.subarray(taken, taken + size)
  const bytes = Buffer.from(left)
  left.fill(0)
  taken += size
  return bytes
}

/** An unguessable id: 128 bits, base64url, 22 characters. */
export function randomId(clock: Clock): string {
  return clock.randomBytes(16).toString('base64url')
}
