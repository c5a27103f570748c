import type { RefusedName } from '../../shared/outcome.ts'
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

/** The account's own attributes that say in which state it is. */
export interface AccountState {
  /** `userAccountControl` ([MS-ADTS] 2.2.16). */
  readonly control: number
  /** `msDS-User-Account-Control-Computed`: what is only known by calculating it. */
  readonly computed: number
  /** `accountExpires`: 100 ns since 1601; 0 and the greatest number mean never. */
  readonly expires: bigint
}

const disabled = 0x2
const lockedOut = 0x10

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
  return said ?? byState(state, now)
}

// A server in between (a proxy, AD LDS) may leave the number out, or send one we do not know.
function byState(state: AccountState | undefined, now: number): RefusedName {
  if (state === undefined) return 'wrongPassword'
  if ((state.computed & lockedOut) !== 0) return 'accountLocked'
  if ((state.control & disabled) !== 0) return 'accountDisabled'
  return hasExpired(state.expires, now) ? 'accountExpired' : 'wrongPassword'
}

const never = 0x7fff_ffff_ffff_ffffn
const from1601To1970 = 11_644_473_600_000n

function hasExpired(expires: bigint, now: number): boolean {
  if (expires === 0n || expires >= never) return false
  return expires / 10_000n - from1601To1970 <= BigInt(now)
}
