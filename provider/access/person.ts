import type { ClaimValue } from '../../shared/account.ts'
import { isBreakGlass } from '../break-glass/realm.ts'
import type { Signals } from './signals.ts'

/** A realm by the user names of its people. */
export interface PersonRealm {
  readonly name: string
  readonly suffixes: readonly string[]
  readonly default: boolean
}

/** Somebody whom a directory has let in, or had let in when their session began. */
export interface Person {
  /** The realm's name, a colon, and the directory's id. */
  readonly sub: string
  /** What the directory says of them. */
  readonly claims: Readonly<Record<string, ClaimValue>>
}

/**
 * PURE. What policies may ask about a person: names, groups and roles by the directory's word.
 * Nothing that they have typed, since one person may go by several names and would choose; and no
 * mail address, which in many directories people set themselves.
 */
export function personSignals(
  { sub, claims }: Person,
  realms: readonly PersonRealm[],
): Pick<Signals, 'user' | 'groups' | 'roles' | 'breakGlass'> {
  const names = namesOf(claims['preferred_username'], sub.slice(0, sub.indexOf(':')), realms)
  const groups = namesIn(claims['groups'])
  const roles = namesIn(claims['roles'])
  return {
    ...(names && { user: [...names, sub] }),
    ...(groups && { groups }),
    ...(roles && { roles }),
    ...(isBreakGlass(sub) && { breakGlass: true }),
  }
}

/** @returns `undefined`, which is unknown, rather than a name that may be somebody else's */
function namesOf(
  name: ClaimValue | undefined,
  realmName: string,
  realms: readonly PersonRealm[],
): readonly string[] | undefined {
  if (typeof name !== 'string' || name === '') return undefined
  const realm = realms.find((each) => each.name === realmName)
  if (realm === undefined) return undefined
  const at = name.lastIndexOf('@')
  if (at < 0) {
    const full = realm.suffixes.map((suffix) => `${name}@${suffix}`)
    return realm.default ? [...full, name] : full
  }
  // A directory names its own people alone: that of the laboratory has no say about whoever is
  // left out of a policy at headquarters.
  const suffix = name.slice(at + 1).toLowerCase()
  const owner = realms.find(({ suffixes }) => suffixes.some((one) => one.toLowerCase() === suffix))
  return owner === undefined || owner === realm ? [name] : undefined
}

function namesIn(value: ClaimValue | undefined): readonly string[] | undefined {
  if (Array.isArray(value)) return value as readonly string[]
  return typeof value === 'string' ? [value] : undefined
}
