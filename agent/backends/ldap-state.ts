import type { Entry } from 'ldapts'
import { readGeneralizedTime } from './generalized-time.ts'
import { valuesOf } from './ldap-claims.ts'

/** What directories keep of an account beside its claims; each is asked for, none need be there. */
export const stateAttributes: readonly string[] = [
  // draft-behera-ldap-password-policy-11 section 5.3.
  'pwdAccountLockedTime',
  'pwdStartTime',
  'pwdEndTime',
  'pwdChangedTime',
  // 389 Directory Server and FreeIPA, eDirectory.
  'nsAccountLock',
  'loginDisabled',
]

// The policy draft's word for "until somebody unlocks it".
const forGood = '000001010000Z'

/**
 * Why nobody may use the account, whatever the password; being locked for a while is no reason.
 * @param now milliseconds since the epoch
 */
export function stateRefusal(
  entry: Entry,
  now: number,
): 'accountDisabled' | 'accountExpired' | 'notNow' | undefined {
  const values = valuesOf(entry)
  const first = (attribute: string) => values(attribute)[0]
  const time = (attribute: string) => readGeneralizedTime(first(attribute) ?? '')
  const isTrue = (attribute: string) => first(attribute)?.toLowerCase() === 'true'
  if (first('pwdAccountLockedTime') === forGood) return 'accountDisabled'
  if (isTrue('nsAccountLock') || isTrue('loginDisabled')) return 'accountDisabled'
  if ((time('pwdEndTime') ?? Number.POSITIVE_INFINITY) <= now) return 'accountExpired'
  return (time('pwdStartTime') ?? Number.NEGATIVE_INFINITY) > now ? 'notNow' : undefined
}

/** Milliseconds since the epoch, if the directory tells. */
export function passwordChangedAt(entry: Entry): number | undefined {
  return readGeneralizedTime(valuesOf(entry)('pwdChangedTime')[0] ?? '')
}
