import type { Account, ClaimValue } from '../../shared/account.ts'

/** PURE. What two agents say about one person, and what of it both say. */

/** When a success needs a second agent. */
export interface SecondOpinionRule {
  /** The realm's name. */
  readonly name: string
  readonly secondOpinion: boolean
  readonly secondOpinionGroups: readonly string[]
}

/** True if the first agent's success is not enough for this person. */
export function isInGroups(account: Account, groups: readonly string[]): boolean {
  const wanted = new Set(groups.map((group) => group.toLowerCase()))
  return listOf(account.claims['groups']).some((group) => wanted.has(group.toLowerCase()))
}

export interface Agreement {
  /** With the claims that both gave. */
  readonly account: Account
  /** Names of the claims that one of them gave otherwise, or that the other did not give. */
  readonly differing: readonly string[]
}

/**
 * One agent alone could let its friend in with the friend's own password and add groups that the
 * friend is not in. So a claim counts as both give it, and of a list those members that both name.
 * @returns nothing if they speak of different people
 */
export function agreementOf(one: Account, other: Account): Agreement | undefined {
  if (one.id !== other.id) return undefined
  const names = [...new Set([...Object.keys(one.claims), ...Object.keys(other.claims)])]
  const claims: [string, ClaimValue][] = []
  const differing: string[] = []
  for (const name of names) {
    const [first, second] = [one.claims[name], other.claims[name]]
    const both = common(first, second)
    if (both !== undefined) claims.push([name, both])
    if (!isSame(first, second)) differing.push(name)
  }
  const account = {
    id: one.id,
    claims: Object.fromEntries(claims),
    ...changedAt(one, other),
    ...expiry(one, other),
  }
  return { account, differing }
}

// The later one: who says an earlier time could keep a session that a new password ends.
function changedAt(...accounts: readonly Account[]): Pick<Account, 'passwordChangedAt'> {
  const times = accounts.flatMap(({ passwordChangedAt }) => passwordChangedAt ?? [])
  return times.length === 0 ? {} : { passwordChangedAt: Math.max(...times) }
}

// These lead to a notice and to nothing else. Each of the two has used up one of the sign-ins left.
function expiry(one: Account, other: Account): Pick<Account, 'passwordExpiresAt' | 'signInsLeft'> {
  const { passwordExpiresAt } = one
  const left = [one, other].flatMap(({ signInsLeft }) => signInsLeft ?? [])
  return {
    ...(passwordExpiresAt !== undefined && { passwordExpiresAt }),
    ...(left.length > 0 && { signInsLeft: Math.min(...left) }),
  }
}

function common(one: ClaimValue | undefined, other: ClaimValue | undefined) {
  if (isList(one) && isList(other)) {
    const members = new Set(other)
    return one.filter((member) => members.has(member))
  }
  return one === other ? one : undefined
}

// Directories give the members of a list in any order.
function isSame(one: ClaimValue | undefined, other: ClaimValue | undefined): boolean {
  if (!isList(one) || !isList(other)) return one === other
  const members = new Set(other)
  return new Set(one).size === members.size && one.every((member) => members.has(member))
}

function isList(value: ClaimValue | undefined): value is readonly string[] {
  return Array.isArray(value)
}

function listOf(value: ClaimValue | undefined): readonly string[] {
  if (isList(value)) return value
  return typeof value === 'string' ? [value] : []
}
