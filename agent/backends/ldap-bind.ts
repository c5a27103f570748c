import { PasswordPolicyControl, PasswordPolicyError, ResultCodeError } from 'ldapts'
import type { RefusedName } from '../../shared/outcome.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'
import { failureOfCode, type Step } from './ldap-failure.ts'

/** What a directory answered to a bind. */
export interface BindResult {
  /** RFC 4511 section 4.1.9. */
  readonly code: number
  /** draft-behera-ldap-password-policy, if the directory speaks it. */
  readonly policy: PasswordPolicyControl['value']
}

/** A name and a password that the directory shall accept. */
export interface BindAs {
  /** From the directory or the settings, never what a person typed. */
  readonly dn: string
  readonly password: string
}

/** @returns what the directory said; a failure only if it said nothing */
export function bind(
  connection: LdapConnection,
  step: Extract<Step, 'bind' | 'service bind'>,
  { dn, password }: BindAs,
): Promise<Ran<BindResult>> {
  // RFC 4513 sections 5.1.1 and 5.1.2: without a name or a password a bind succeeds for anybody.
  // And ldapts takes some words for SASL mechanisms; none of them is a DN.
  if (!dn.includes('=') || password === '') {
    const detail = `${step}: a DN or a password is missing`
    return Promise.resolve({
      failure: { step, reason: 'misconfigured', detail, ofServer: false, lost: false },
    })
  }
  const control = new PasswordPolicyControl()
  return connection.run(step, async (client) => {
    const code = await client.bind(dn, password, control).then(() => 0, resultCode)
    return { code, policy: control.value }
  })
}

/** Binds a person. */
export async function bindPerson(
  connection: LdapConnection,
  binding: BindAs,
): Promise<Ran<'ok' | RefusedName>> {
  const bound = await bind(connection, 'bind', binding)
  if ('failure' in bound) return bound
  const value = outcomeOfBind(bound.value)
  if (value !== undefined) return { value }
  const { host } = connection
  return { failure: failureOfCode(bound.value.code, { step: 'bind', host }) }
}

function resultCode(error: unknown): number {
  if (error instanceof ResultCodeError) return error.code
  throw error
}

const byPolicyError: Readonly<Record<number, RefusedName>> = {
  [PasswordPolicyError.PasswordExpired]: 'passwordExpired',
  [PasswordPolicyError.AccountLocked]: 'accountLocked',
  [PasswordPolicyError.ChangeAfterReset]: 'mustChangePassword',
}

// 19: Oracle and 389 Directory Server after too many wrong passwords. 32: an entry that has just
// gone. 48: an entry without a password, for which none is right. 53: 389 Directory Server and
// FreeIPA for an inactivated account; it cannot mean that binds are refused as such, since the
// service account was bound in the same way.
const byCode: Readonly<Record<number, RefusedName>> = {
  19: 'accountLocked',
  32: 'unknownUser',
  48: 'wrongPassword',
  49: 'wrongPassword',
  53: 'accountDisabled',
}

/** @returns `undefined` if the code does not speak of the person */
export function outcomeOfBind({ code, policy }: BindResult): 'ok' | RefusedName | undefined {
  const refused = code === 0 || byCode[code] !== undefined
  const byPolicy = refused ? byPolicyError[policy?.error ?? -1] : undefined
  if (byPolicy) return byPolicy
  // The last of the sign-ins that are left after the password has expired: the next one would be
  // refused, and nobody would have been told to change it.
  if (code === 0) return policy?.graceAuthNsRemaining === 0 ? 'passwordExpired' : 'ok'
  return byCode[code]
}
