import { PasswordPolicyControl, PasswordPolicyError, ResultCodeError } from 'ldapts'
import type { RefusedName } from '../../shared/outcome.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'
import type { Step } from './ldap-failure.ts'

/** What a directory answered to a bind. */
export interface BindResult {
  /** RFC 4511 section 4.1.9. */
  readonly code: number
  /**
   * What the server wrote beside the code; Active Directory says there what is wrong. It may hold
   * names, so it is read and never logged.
   */
  readonly diagnostic: string
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
    const said = await client.bind(dn, password, control).then(() => success, refusal)
    return { ...said, policy: control.value }
  })
}

const success = { code: 0, diagnostic: '' }

function refusal(error: unknown): Pick<BindResult, 'code' | 'diagnostic'> {
  if (error instanceof ResultCodeError) return { code: error.code, diagnostic: error.message }
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
export function outcomeOfBind({
  code,
  policy,
}: Pick<BindResult, 'code' | 'policy'>): 'ok' | RefusedName | undefined {
  const refused = code === 0 || byCode[code] !== undefined
  const byPolicy = refused ? byPolicyError[policy?.error ?? -1] : undefined
  if (byPolicy) return byPolicy
  // The last of the sign-ins that are left after the password has expired: the next one would be
  // refused, and nobody would have been told to change it.
  if (code === 0) return policy?.graceAuthNsRemaining === 0 ? 'passwordExpired' : 'ok'
  return byCode[code]
}

/**
 * Directories say so within the time that their policy warns in. Who is let in though the password
 * has expired, a few times more, is warned as well.
 * @param now milliseconds since the epoch
 */
export function expiryOf({ policy }: Pick<BindResult, 'policy'>, now: number): PasswordExpiry {
  const { timeBeforeExpiration: seconds, graceAuthNsRemaining: signInsLeft } = policy ?? {}
  if (signInsLeft !== undefined) return { expiresAt: now, signInsLeft }
  return seconds === undefined ? {} : { expiresAt: now + seconds * 1000 }
}

/** What a bind may tell of it. */
export interface PasswordExpiry {
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | undefined
  /** With a password that has expired. */
  readonly signInsLeft?: number
}
