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
 * Why nobody may use the account, whatever the password.
 * @param now milliseconds since the epoch
 */
export function stateRefusal(
  { control, computed, expires }: AccountState,
  now: number,
): 'accountLocked' | 'accountDisabled' | 'accountExpired' | undefined {
  if ((computed & lockedOut) !== 0) return 'accountLocked'
  if ((control & disabled) !== 0) return 'accountDisabled'
  return hasExpired(expires, now) ? 'accountExpired' : undefined
}

/** The greatest number of 100 ns. */
export const never: bigint = 0x7fff_ffff_ffff_ffffn
const from1601To1970 = 11_644_473_600_000n

/**
 * @param time 100 ns since 1601-01-01 (FILETIME, [MS-DTYP] 2.3.3)
 * @returns milliseconds since the epoch
 */
export function fromFileTime(time: bigint): number {
  return Number(time / 10_000n - from1601To1970)
}

function hasExpired(expires: bigint, now: number): boolean {
  if (expires === 0n || expires >= never) return false
  return fromFileTime(expires) <= now
}
