import { escapeFilter } from 'ldapts'
import type { TypedName } from './ldap-filter.ts'

/** One way to read what a person typed: the attribute that must have this value. */
export interface Reading {
  readonly attribute: string
  readonly value: string
}

export interface NameRules {
  readonly signInNames: readonly string[]
  readonly domain: string
  readonly netbiosName?: string
}

/**
 * The readings of a typed name that the rules allow, in their order.
 * @returns none if the name has a form that no rule takes
 */
export function readingsOf(typed: TypedName, rules: NameRules): readonly Reading[] {
  // Samba reads a name up to its first NUL: that is the name of somebody else.
  if (typed.username.includes('\0')) return []
  return rules.signInNames.flatMap((rule) => {
    const value = (readers[rule] ?? asTyped)(typed, rules)
    if (value === undefined || value === '') return []
    return [{ attribute: rule === 'downLevelName' ? 'sAMAccountName' : rule, value }]
  })
}

/** An ordinary account of a person for which one of the readings is true. */
export function filterOf(readings: readonly Reading[]): string {
  const either = readings.map(({ attribute, value }) => `(${attribute}=${escapeFilter`${value}`})`)
  // SAM_NORMAL_USER_ACCOUNT ([MS-ADTS] 2.2.12): neither computers nor trusts, and it is indexed.
  return `(&(sAMAccountType=805306368)(|${either.join('')}))`
}

type Reader = (typed: TypedName, rules: NameRules) => string | undefined

const asTyped: Reader = ({ username }) => username

const readers: Readonly<Record<string, Reader>> = {
  // Most accounts have one of this form, also where nobody ever typed it in.
  userPrincipalName: ({ username }, { domain }) => {
    if (username.includes('\\')) return undefined
    return username.includes('@') ? username : `${username}@${domain}`
  },
  downLevelName: ({ username }, { domain, netbiosName }) => {
    const [, before = '', name] = /^([^\\]+)\\([^\\]+)$/.exec(username) ?? []
    const ours = [domain, netbiosName].map((one) => one?.toLowerCase())
    return ours.includes(before.toLowerCase()) ? name : undefined
  },
  // With a suffix that is not the realm's, it is the name of somebody else.
  sAMAccountName: ({ localName }) => (/[@\\]/.test(localName) ? undefined : localName),
  proxyAddresses: ({ username }) => (username.includes('@') ? `smtp:${username}` : undefined),
}
