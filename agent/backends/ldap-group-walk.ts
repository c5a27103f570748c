import type { Ran } from './ldap-connection.ts'
import { firstRdnValue } from './ldap-dn.ts'

/** A group as LDAP knows it. */
export interface LdapGroup {
  readonly dn: string
  /** Its common name. */
  readonly name: string
}

/** The groups that each of some groups is directly in. */
export type GroupsAround = (dns: readonly string[]) => Promise<Ran<readonly LdapGroup[]>>

/** All groups of somebody; or for the operator, why they cannot be told. */
export type Walked = { readonly groups: readonly LdapGroup[] } | { readonly problem: string }

/** More than settings allow in the end, since only some of them may leave the building. */
const mostWalked = 5000

/**
 * The groups that somebody is in, and those that these are in, each once: circles come to an end.
 * What goes too deep or is too many is a problem, since a list cut short would be a false one.
 * @param direct the groups of the first level
 */
export async function walkGroups(
  direct: readonly LdapGroup[],
  { around, deepest }: { around: GroupsAround; deepest: number },
): Promise<Ran<Walked>> {
  const known = new Map<string, LdapGroup>()
  let level = remember(direct, known)
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > deepest) return problem(`groups in groups are more than ${deepest} levels deep`)
    if (known.size > mostWalked) return problem(`more than ${mostWalked} groups`)
    const found = await around(level.map(({ dn }) => dn))
    if ('failure' in found) return found
    level = remember(found.value, known)
  }
  return { value: { groups: [...known.values()] } }
}

function remember(groups: readonly LdapGroup[], known: Map<string, LdapGroup>): LdapGroup[] {
  return groups.filter((group) => {
    const key = dnKey(group.dn)
    if (known.has(key)) return false
    known.set(key, group)
    return true
  })
}

const problem = (text: string): Ran<Walked> => ({ value: { problem: text } })

/** The same for a DN however its letters and spaces are written (RFC 4514 section 2.4). */
export function dnKey(dn: string): string {
  return dn.toLowerCase().replaceAll(/\s*(?<!\\)([,+=])\s*/g, '$1')
}

/** Whether an entry is the base, or somewhere below it. */
export function isBelow(dn: string, baseDn: string): boolean {
  return `,${dnKey(dn)}`.endsWith(`,${dnKey(baseDn)}`)
}

/** @param commonName of the entry, if it is known; a DN begins with that or with something else */
export function groupOf(dn: string, commonName?: string): LdapGroup {
  const inDn = firstRdnValue(dn) ?? dn
  return { dn, name: /^cn=/i.test(dn) ? inDn : (commonName ?? inDn) }
}
