import {
  BerWriter,
  type Entry,
  PasswordPolicyControl,
  PasswordPolicyError,
  ResultCodeError,
} from 'ldapts'
import type { ChangeRefusedName } from '../../shared/outcome.ts'
import type { PasswordChange } from './backend.ts'
import { type BindResult, bind, outcomeOfBind } from './ldap-bind.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'
import type { Changed } from './ldap-directory.ts'
import { failureOfCode } from './ldap-failure.ts'
import type { Server } from './ldap-server.ts'

/**
 * Changes a password by the operation made for it (RFC 3062), as the person where they can still
 * be bound. Somebody whose password has expired cannot: the directory has said that the old one is
 * right, and the service account sets the new one, if it may.
 */
export async function changePassword(
  person: Entry,
  { binders, searchers }: Server,
  { password, newPassword, signal }: PasswordChange,
): Promise<Ran<Changed>> {
  const { dn } = person
  const asPerson = await binders.use<Changed | 'byService'>(signal, async (connection) => {
    const bound = await bind(connection, 'bind', { dn, password })
    if ('failure' in bound) return bound
    const { code } = bound.value
    if (code === 0) return modifyPassword(connection, { dn, password, newPassword })
    const outcome = outcomeOfBind(bound.value)
    if (outcome === 'passwordExpired') return { value: 'byService' }
    if (outcome === undefined || outcome === 'ok') {
      return { failure: failureOfCode(code, { step: 'bind', host: connection.host }) }
    }
    return { value: strangers.includes(outcome) ? 'wrongOldPassword' : outcome }
  })
  if ('failure' in asPerson) return asPerson
  const { value } = asPerson
  if (value !== 'byService') return { value }
  return searchers.use(signal, (connection) => modifyPassword(connection, { dn, newPassword }))
}

const strangers: readonly string[] = ['wrongPassword', 'unknownUser']

/** The operation of RFC 3062. */
export const passwordModify = '1.3.6.1.4.1.4203.1.11.1'

async function modifyPassword(
  connection: LdapConnection,
  about: { readonly dn: string; readonly password?: string; readonly newPassword: string },
): Promise<Ran<Changed>> {
  const control = new PasswordPolicyControl()
  const tried = await connection.run('change', (client) =>
    client.exop(passwordModify, request(about), control).then(
      () => 0,
      (error: unknown) => {
        if (error instanceof ResultCodeError) return error.code
        throw error
      },
    ),
  )
  if ('failure' in tried) return tried
  const code = tried.value
  const value = outcomeOfChange({ code, policy: control.value })
  if (value !== undefined) return { value }
  return { failure: failureOfCode(code, { step: 'change', host: connection.host }) }
}

// RFC 3062 section 2: PasswdModifyRequestValue.
function request(about: { dn: string; password?: string; newPassword: string }): Buffer {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeString(about.dn, 0x80)
  if (about.password !== undefined) writer.writeString(about.password, 0x81)
  writer.writeString(about.newPassword, 0x82)
  writer.endSequence()
  return writer.buffer
}

/** @returns `undefined` if the code does not speak of the password */
export function outcomeOfChange({
  code,
  policy,
}: Pick<BindResult, 'code' | 'policy'>): 'changed' | ChangeRefusedName | undefined {
  return code === 0 ? 'changed' : (byPolicy[policy?.error ?? -1] ?? byCode[code])
}

const byPolicy: Readonly<Record<number, ChangeRefusedName>> = {
  [PasswordPolicyError.PasswordModNotAllowed]: 'notPermitted',
  [PasswordPolicyError.InsufficientPasswordQuality]: 'tooSimple',
  [PasswordPolicyError.PasswordTooShort]: 'tooShort',
  [PasswordPolicyError.PasswordTooYoung]: 'tooRecent',
  [PasswordPolicyError.PasswordInHistory]: 'inHistory',
}

// 19: a directory without the control that refuses by its rules. 53: OpenLDAP on an old password
// that has just become another one.
const byCode: Readonly<Record<number, ChangeRefusedName>> = {
  19: 'tooSimple',
  50: 'notPermitted',
  53: 'wrongOldPassword',
}
