import type { Entry } from 'ldapts'
import type { ClaimValue } from '../../shared/account.ts'
import { firstRdnValue } from './ldap-dn.ts'
import type { ClaimSource } from './ldap-settings.ts'

export type ClaimSources = Readonly<Record<string, ClaimSource>>

/** OpenID Connect Core 1.0 section 5.1 from the attributes of inetOrgPerson (RFC 2798). */
export const usualClaims: ClaimSources = {
  name: { from: ['displayName', 'cn'], as: 'text' },
  given_name: { from: ['givenName'], as: 'text' },
  family_name: { from: ['sn'], as: 'text' },
  email: { from: ['mail'], as: 'text' },
  preferred_username: { from: ['uid'], as: 'text' },
  phone_number: { from: ['telephoneNumber'], as: 'text' },
}

/** An attribute's text values; what is not text (a picture, say) is left out. */
export type Values = (attribute: string) => readonly string[]

/** Attribute names have no case (RFC 4512 section 2.5), and servers answer in their own. */
export function valuesOf(entry: Entry): Values {
  const byName = new Map(
    Object.entries(entry).map(([name, values]) => [name.toLowerCase(), [values].flat()]),
  )
  return (attribute) =>
    (byName.get(attribute.toLowerCase()) ?? []).filter((value) => typeof value === 'string')
}

/** The claims for which there is a value. */
export function claimsFrom(sources: ClaimSources, values: Values): Record<string, ClaimValue> {
  const claims: Record<string, ClaimValue> = {}
  for (const [claim, { from, as }] of Object.entries(sources)) {
    const found = from.map(values).find((each) => each.length > 0)
    const value = found && takers[as](found)
    if (value !== undefined) claims[claim] = value
  }
  return claims
}

const takers: Record<ClaimSource['as'], (values: readonly string[]) => ClaimValue | undefined> = {
  text: (values) => values[0],
  list: (values) => values,
  names: (values) => [...new Set(values.map((dn) => firstRdnValue(dn) ?? dn))],
}
