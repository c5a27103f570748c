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
  randomBytes: (size) => randomBytes(size),
}

/** An unguessable id: 128 bits, base64url, 22 characters. */
export function randomId(clock: Clock): string {
  return clock.randomBytes(16).toString('base64url')
}
