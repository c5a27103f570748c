import type { Entry } from 'ldapts'
import type { Account, ClaimValue } from '../../shared/account.ts'
import { type ClaimSources, claimsFrom, valuesOf } from './ldap-claims.ts'

export interface AccountSources {
  readonly idAttribute: string
  readonly claims: ClaimSources
}

/** The person, or for the operator why the entry does not make one. */
export type AccountOrProblem = { readonly account: Account } | { readonly problem: string }

/** What a verdict has room for, as the wire format says. */
const most = { idLength: 255, textLength: 4096, listLength: 5000, itemLength: 1024 }

/** @param groups of the person, for a claim of that name unless there is one; left out if unknown */
export function accountOf(
  entry: Entry,
  { idAttribute, claims: sources }: AccountSources,
  groups?: readonly string[],
): AccountOrProblem {
  const id = idOf(entry, idAttribute)
  if (id === undefined) {
    return { problem: `the entry has no single ${idAttribute} that the service account can read` }
  }
  const own = claimsFrom(sources, valuesOf(entry))
  const claims = groups === undefined ? own : { groups, ...own }
  const oversized = Object.keys(claims).find((claim) => !fits(claims[claim]))
  // Cut short, a list of groups would be a false one, and a policy that excludes a group would fail.
  if (oversized !== undefined) return { problem: `the claim ${oversized} is too large` }
  return { account: { id, claims } }
}

function idOf(entry: Entry, attribute: string): string | undefined {
  const wanted = attribute.toLowerCase()
  const [key] = Object.keys(entry).filter((name) => name.toLowerCase() === wanted)
  const [value, ...others] = [entry[key ?? ''] ?? []].flat()
  if (value === undefined || others.length > 0) return undefined
  // Ids that are bytes (eDirectory's GUID, say) are told apart by their hex digits. Bytes may also
  // happen to be text; those with control characters in them are not meant to be.
  const isText = typeof value === 'string' && /^[^\p{Cc}]+$/u.test(value)
  const id = isText ? value : Buffer.from(value).toString('hex')
  return id.length > 0 && id.length <= most.idLength ? id : undefined
}

function fits(value: ClaimValue | undefined): boolean {
  if (typeof value === 'string') return value.length <= most.textLength
  if (typeof value !== 'object') return true
  return value.length <= most.listLength && value.every((item) => item.length <= most.itemLength)
}
