import { createHash } from 'node:crypto'

/**
 * Whether a password is known from a breach. What cannot be asked says no: a list that is out of
 * reach must not keep people from changing an expired password.
 */
export type BreachCheck = (password: string) => Promise<boolean>

/** How lists of breached passwords name them: SHA-1, hex, in capitals; not a secret, but no password. */
export function breachHash(password: string): string {
  return createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase()
}
