import type { RealmSettings } from '../settings.ts'
import { type Choose, defaultPatterns, madeUpName } from './canary-name.ts'
import { likelyPassword } from './canary-password.ts'

/** A sign-in that must fail, and that nobody can tell from one of a person's by looking at it. */
export interface Canary {
  readonly username: string
  readonly password: string
  readonly kind: 'setAside' | 'madeUp'
}

export type CanaryRealm = Pick<RealmSettings, 'name' | 'suffixes' | 'canaries'>

/**
 * PURE. Under a name that is set aside in the directory, or one that nobody has; never under a
 * person's, whom it would lock out. Half of each if there are both: an agent that first looks up
 * who exists is found by the one kind, and an agent that has learnt which names never come in is
 * found by the other.
 * @returns nothing for a realm without such names
 */
export function makeCanary(realm: CanaryRealm, choose: Choose): Canary | undefined {
  const { names, patterns = defaultPatterns(realm.suffixes) } = realm.canaries
  const isSetAside = names.length > 0 && (patterns.length === 0 || choose(2) === 0)
  const from = isSetAside ? names : patterns
  const chosen = from[from.length === 0 ? 0 : choose(from.length)]
  if (chosen === undefined) return undefined
  const password = likelyPassword(choose)
  if (isSetAside) return { username: chosen, password, kind: 'setAside' }
  return { username: madeUpName(chosen, choose), password, kind: 'madeUp' }
}
