/** What Active Directory's password policy says ([MS-SAMR] 3.1.1.7). */
export interface PasswordPolicy {
  readonly minLength: number
  /** Milliseconds that a password has to be kept. */
  readonly minAge: number
  readonly complexity: boolean
}

export interface ChangingAccount {
  readonly accountName: string
  readonly displayName: string
  /** Milliseconds since the epoch when the password was last changed; 0 if it must be changed. */
  readonly changedAt: number
}

/**
 * Why Active Directory refused a new password: it says no more than that its policy does.
 * @param now milliseconds since the epoch
 */
export function whyRefused(
  newPassword: string,
  { policy, account, now }: { policy: PasswordPolicy; account: ChangingAccount; now: number },
): 'tooShort' | 'tooRecent' | 'tooSimple' | 'inHistory' {
  // Windows counts as JavaScript does, in units of UTF-16.
  if (newPassword.length < policy.minLength) return 'tooShort'
  if (account.changedAt > 0 && now - account.changedAt < policy.minAge) return 'tooRecent'
  if (policy.complexity && !isComplex(newPassword, account)) return 'tooSimple'
  return 'inHistory'
}

const categories = [/\p{Lu}/u, /\p{Ll}/u, /\d/, /[^\p{L}\d]/u, /[\p{Lo}\p{Lm}\p{Lt}]/u]

/** Three of five kinds of letters, and nothing of the person's names. */
export function isComplex(
  password: string,
  { accountName, displayName }: Pick<ChangingAccount, 'accountName' | 'displayName'>,
): boolean {
  if (categories.filter((category) => category.test(password)).length < 3) return false
  // Of the account's name all of it, of the display name each word; what is short does not count.
  const words = [accountName, ...displayName.split(/[,.\-_#\s]+/)]
  const lower = password.toLowerCase()
  return !words.some((word) => word.length > 2 && lower.includes(word.toLowerCase()))
}
