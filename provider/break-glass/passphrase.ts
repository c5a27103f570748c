import { hash } from '@node-rs/argon2'
import type { Clock } from '../../shared/clock.ts'

// Crockford's base 32: no I, L, O or U, so nothing is misread from the paper in the safe.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const length = 30
const group = 5

/** 150 random bits in six groups of five, `k7qm2-x9tfz-…`: typed rarely, and guessed never. */
export function createPassphrase(clock: Clock): string {
  const letters = [...clock.randomBytes(length)].map((byte) =>
    alphabet.charAt(byte % alphabet.length),
  )
  const starts = Array.from({ length: length / group }, (_, at) => at * group)
  return starts.map((at) => letters.slice(at, at + group).join('')).join('-')
}

/**
 * What is hashed and compared: typed in haste and out of a safe, capitals, spaces and hyphens do not
 * count, nor letters that look like digits.
 */
export function plainPassphrase(typed: string): string {
  return typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll(/[il]/g, '1').replaceAll('o', '0')
}

/**
 * argon2id, and a light one. What it costs to try a guess is what protects a password; here it would
 * protect nothing, since nobody tries 150 bits, and only help who floods the page to keep out the
 * one who has the passphrase.
 */
export function hashPassphrase(passphrase: string): Promise<string> {
  return hash(plainPassphrase(passphrase), { memoryCost: 1024, timeCost: 1, parallelism: 1 })
}
