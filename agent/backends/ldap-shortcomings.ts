import type { Client } from 'ldapts'
import { passwordModify } from './ldap-change.ts'
import { valuesOf } from './ldap-claims.ts'
import type { LdapBackendSettings } from './ldap-settings.ts'

/** What a server lacks that the settings count on, and that nobody would be told otherwise. */
export interface Shortcoming {
  readonly says: string
  readonly advice: string
}

type Settings = Pick<LdapBackendSettings, 'baseDn' | 'groups' | 'changePasswords'>

/** @param client on which the service account is bound; it only searches */
export async function shortcomingsOf(
  client: Client,
  settings: Settings,
): Promise<readonly Shortcoming[]> {
  const { changePasswords, groups } = settings
  const found: Shortcoming[] = []
  if (changePasswords && !(await canChange(client))) found.push(cannotChange)
  if (groups.from === 'memberOf' && (await lacksMemberOf(client, settings))) found.push(noMemberOf)
  return found
}

const cannotChange: Shortcoming = {
  says: '`changePasswords` is on, but the server has no operation for it (RFC 3062)',
  advice: 'turn it off, and say in `passwordHelp` of the provider how people change theirs',
}

const noMemberOf: Shortcoming = {
  says: 'there are groups, but nobody has `memberOf`, so that everybody would be in none',
  advice:
    'turn the overlay or plug-in memberof on and let the service account read it, or set `groups.from: member`',
}

// RFC 4512 section 5.1: the root of what the server says of itself.
async function canChange(client: Client): Promise<boolean> {
  const attributes = ['supportedExtension']
  const { searchEntries } = await client.search('', { scope: 'base', attributes })
  return valuesOf(searchEntries[0] ?? { dn: '' })('supportedExtension').includes(passwordModify)
}

async function lacksMemberOf(client: Client, { baseDn, groups }: Settings): Promise<boolean> {
  const isThere = async (dn: string, filter: string) => {
    const { searchEntries } = await client.search(dn, { filter, attributes: ['1.1'], sizeLimit: 1 })
    return searchEntries.length > 0
  }
  const kinds = '(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))'
  return (await isThere(groups.baseDn ?? baseDn, kinds)) && !(await isThere(baseDn, '(memberOf=*)'))
}
