import { hashRaw } from '@node-rs/argon2'
import type { Clock } from '../../shared/clock.ts'

/**
 * Codes that people type from paper, once in a while. Letters and digits of Crockford's Base32,
 * which has none that are taken for another one, in three groups of four: 60 bits.
 */
export function newCode(clock: Clock): string {
  const letters = [...clock.randomBytes(12)].map((byte) => alphabet[byte % alphabet.length])
  return letters.join('').replaceAll(/.{4}(?=.)/g, '$&-')
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * PURE. What was typed, without what does not matter: case, spaces and dashes, and letters that are
 * not in the alphabet, for the digits they look like. `undefined` if it is no code at all.
 */
export function readCode(typed: string | undefined): string | undefined {
  const code = (typed ?? '')
    .toLowerCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')
  return /^[0-9a-hjkmnp-tv-z]{12}$/.test(code) ? code : undefined
}

/**
 * Argon2id, as OWASP has its costs. A plain hash of 60 bits can be tried out within weeks by whoever has it; and a key would
 * be the data key, which seals this anyway. Codes of one set share the salt, so that one look is
 * enough to know which of them it is.
 * @returns base64url
 */
export async function hashCode(code: string, salt: string): Promise<string> {
  const hash = await hashRaw(code, {
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
    salt: Buffer.from(salt, 'base64url'),
  })
  return hash.toString('base64url')
}

/** base64url */
export function newSalt(clock: Clock): string {
  return clock.randomBytes(16).toString('base64url')
}
