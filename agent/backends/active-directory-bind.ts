import type { RefusedName } from '../../shared/outcome.ts'
import { type AccountState, stateRefusal } from './active-directory-state.ts'
import type { BindResult } from './ldap-bind.ts'

/**
 * What the numbers after `data` in a refused bind mean. They are Windows error codes in hex
 * ([MS-ERREF] 2.2). Active Directory tells those of the account only to who knows the password; 775 tells it to all.
 */
const byData: Readonly<Record<string, RefusedName>> = {
  '525': 'unknownUser', // ERROR_NO_SUCH_USER
  '57': 'unknownUser', // ERROR_INVALID_PARAMETER: an entry that has just gone
  '52e': 'wrongPassword', // ERROR_LOGON_FAILURE
  '52f': 'notNow', // ERROR_ACCOUNT_RESTRICTION
  '530': 'notNow', // ERROR_INVALID_LOGON_HOURS
  '531': 'notNow', // ERROR_INVALID_WORKSTATION
  '532': 'passwordExpired', // ERROR_PASSWORD_EXPIRED
  '533': 'accountDisabled', // ERROR_ACCOUNT_DISABLED
  '534': 'notNow', // ERROR_LOGON_TYPE_NOT_GRANTED
  '701': 'accountExpired', // ERROR_ACCOUNT_EXPIRED
  '773': 'mustChangePassword', // ERROR_PASSWORD_MUST_CHANGE
  '775': 'accountLocked', // ERROR_ACCOUNT_LOCKED_OUT
}

/**
 * @param state of the account that was found; none for a name that is nobody's
 * @param now milliseconds since the epoch
 * @returns `undefined` if the answer does not speak of the person
 */
export function outcomeOfAdBind(
  { code, diagnostic }: Pick<BindResult, 'code' | 'diagnostic'>,
  state: AccountState | undefined,
  now: number,
): 'ok' | RefusedName | undefined {
  if (code === 0) return 'ok'
  if (code === 32) return 'unknownUser'
  if (code !== 49) return undefined
  const data = /\bdata ([\da-f]{1,8})\b/i.exec(diagnostic)?.[1]?.toLowerCase()
  const said = data === undefined ? undefined : byData[data]
  if (said !== undefined) return said
  // A server in between (a proxy, AD LDS) may leave the number out, or send one we do not know.
  return (state && stateRefusal(state, now)) ?? 'wrongPassword'
}
