import type { Clock } from '../../shared/clock.ts'

// Crockford's base 32: no I, L, O or U, so nothing is misheard or misread on the telephone.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * The number that a person reads out to the help desk and that every log line of their request
 * carries: nine characters in threes, `7KQ-M2X-9TF`. 45 bits: enough to find one request in the
 * logs of months; nothing relies on its being secret.
 */
export function createReference(clock: Clock): string {
  const characters = [...clock.randomBytes(9)].map((byte) => alphabet.charAt(byte % 32))
  return [0, 3, 6].map((at) => characters.slice(at, at + 3).join('')).join('-')
}
