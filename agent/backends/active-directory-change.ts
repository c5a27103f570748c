import { Attribute, Change, type Client, type Entry, ResultCodeError } from 'ldapts'
import type { ChangeRefusedName, RefusedName } from '../../shared/outcome.ts'
import { type PasswordPolicy, whyRefused } from './active-directory-complexity.ts'
import { noneIfGone, passwordChangedAt, stateOf } from './active-directory-person.ts'
import { stateRefusal } from './active-directory-state.ts'
import type { PasswordChange } from './backend.ts'
import { valuesOf } from './ldap-claims.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'
import type { Changed } from './ldap-directory.ts'
import { failureOfCode } from './ldap-failure.ts'

/**
 * Changes a password as its owner would ([MS-ADTS] 3.1.1.3.1.5): the old one taken away and the
 * new one added in one step. The service account needs no right for that, since whoever knows the
 * old password may do it; and unlike a reset, history and age count.
 */
export async function changePassword(
  connection: LdapConnection,
  person: Entry,
  { change, domainDn, now }: { change: PasswordChange; domainDn: string; now: number },
): Promise<Ran<Changed>> {
  // The directory would change it all the same, and say nothing.
  const refused = stateRefusal(stateOf(person), now)
  if (refused !== undefined) return { value: refused }
  const { password, newPassword } = change
  const tried = await connection.run('change', (client) =>
    client.modify(person.dn, replacing(password, newPassword)).then(
      () => done,
      (error: unknown) => {
        if (error instanceof ResultCodeError) return { code: error.code, text: error.message }
        throw error
      },
    ),
  )
  if ('failure' in tried) return tried
  const { code, text } = tried.value
  if (code === 0) return { value: 'changed' }
  const value = refusalOf(code, text)
  if (value === undefined) {
    return { failure: failureOfCode(code, { step: 'change', host: connection.host }) }
  }
  if (value !== 'policy') return { value }
  return connection.run('search', async (client) => {
    const policy = await readPolicy(client, { dn: person.dn, domainDn })
    return whyRefused(newPassword, { policy, account: accountOf(person), now })
  })
}

const done = { code: 0, text: '' }

// In quotes, UTF-16 with its low byte first.
const encoded = (password: string) => Buffer.from(`"${password}"`, 'utf16le')

function replacing(password: string, newPassword: string): Change[] {
  return [
    new Change({
      operation: 'delete',
      modification: new Attribute({ type: 'unicodePwd', values: [encoded(password)] }),
    }),
    new Change({
      operation: 'add',
      modification: new Attribute({ type: 'unicodePwd', values: [encoded(newPassword)] }),
    }),
  ]
}

type Refusal = ChangeRefusedName | RefusedName | 'policy'

// Result 19 comes with a Windows error code in hex ([MS-ERREF] 2.2) before its first colon.
function refusalOf(code: number, text: string): Refusal | undefined {
  if (code === 50) return 'notPermitted'
  if (code !== 19) return undefined
  const [, windowsCode = ''] = /\b0*([\da-f]{2,8}):/i.exec(text) ?? []
  return byWindowsCode[windowsCode.toLowerCase()] ?? 'policy'
}

const byWindowsCode: Readonly<Record<string, Refusal>> = {
  '56': 'wrongOldPassword', // ERROR_INVALID_PASSWORD
  '52d': 'policy', // ERROR_PASSWORD_RESTRICTION
  '775': 'accountLocked', // ERROR_ACCOUNT_LOCKED_OUT
  '5': 'notPermitted', // ERROR_ACCESS_DENIED
}

const complexity = 0x1

// The fine-grained one that applies to the person, or else that of the domain. Unless they have let
// the service account see them, the former are shown to admins alone.
async function readPolicy(
  client: Client,
  { dn, domainDn }: { dn: string; domainDn: string },
): Promise<PasswordPolicy> {
  const [fineGrained] = (await read(client, dn, ['msDS-ResultantPSO']))('msDS-ResultantPSO')
  const own = fineGrained === undefined ? undefined : await readFineGrained(client, fineGrained)
  if (own !== undefined) return own
  const values = await read(client, domainDn, ['minPwdLength', 'minPwdAge', 'pwdProperties'])
  const number = (attribute: string) => Number(values(attribute)[0] ?? 0)
  return {
    minLength: number('minPwdLength'),
    minAge: fromSpan(number('minPwdAge')),
    complexity: (number('pwdProperties') & complexity) !== 0,
  }
}

// [MS-ADTS] 6.1.1.4.11.1: msDS-PasswordSettings.
async function readFineGrained(client: Client, dn: string): Promise<PasswordPolicy | undefined> {
  const [length, age, complex] = [
    'msDS-MinimumPasswordLength',
    'msDS-MinimumPasswordAge',
    'msDS-PasswordComplexityEnabled',
  ] as const
  const values = await read(client, dn, [length, age, complex])
  const [minLength] = values(length)
  if (minLength === undefined) return undefined
  return {
    minLength: Number(minLength),
    minAge: fromSpan(Number(values(age)[0] ?? 0)),
    complexity: values(complex)[0] === 'TRUE',
  }
}

// A span of time, of 100 ns, is a negative number.
const fromSpan = (span: number): number => -span / 10_000

async function read(client: Client, dn: string, attributes: string[]) {
  const { searchEntries } = await client.search(dn, { scope: 'base', attributes }).catch(noneIfGone)
  return valuesOf(searchEntries[0] ?? { dn })
}

function accountOf(person: Entry) {
  const values = valuesOf(person)
  const [accountName = ''] = values('sAMAccountName')
  const [displayName = ''] = values('displayName')
  return { accountName, displayName, changedAt: passwordChangedAt(person) ?? 0 }
}
