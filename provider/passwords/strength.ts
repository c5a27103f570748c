import { type BannedRules, enough, scoreOf, whyBanned } from './banned.ts'

/**
 * How good a new password is as far as its letters tell. The provider's own lists and the directory
 * may still refuse it.
 */
export interface Strength {
  readonly level: 'weak' | 'fair' | 'good'
  /** Of what is too weak. */
  readonly because?: 'tooShort' | 'banned' | 'containsName'
  /** From 0 to `plenty`; below `enough` if it is too weak, for whatever reason. */
  readonly points: number
}

/** Points from which on a password is good, and needs no more letters. */
export const plenty = 12

/** Characters. What comes after them makes a password no better. */
const longest = 256

/** PURE. */
export function strengthOf(password: string, rules: BannedRules): Strength {
  const typed = password.slice(0, longest)
  const points = scoreOf(typed, rules.terms)
  const refusal = whyBanned(typed, rules)
  if (refusal === undefined) {
    return { level: points < plenty ? 'fair' : 'good', points: Math.min(points, plenty) }
  }
  const because = refusal === 'banned' && typed.length < enough ? 'tooShort' : refusal
  return { level: 'weak', because, points: Math.min(points, enough - 1) }
}
