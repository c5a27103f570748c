import type { Context } from 'koa'
import type { Account } from '../../shared/account.ts'
import type { SigninRealm } from './realm.ts'

const day = 86_400_000

/**
 * PURE. In how many days the password expires, if the person is to be told: it is not long, and
 * they can do something about it here. 0 is today, or it has expired and will not do much longer.
 * @param about.now milliseconds since the epoch
 */
export function daysToTell(
  { passwordExpiresAt }: Account,
  about: { realm: SigninRealm | undefined; noticeDays: number; now: number },
): number | undefined {
  const { realm, noticeDays, now } = about
  if (passwordExpiresAt === undefined || !realm?.changePasswords) return undefined
  const left = passwordExpiresAt - now
  return left > noticeDays * day ? undefined : Math.max(0, Math.floor(left / day))
}

/** Whether this browser has not shown the notice for a day. From now on it has. */
export function isFirstToday(ctx: Context): boolean {
  const name = `${ctx.secure ? '__Host-' : ''}postern_expiry_notice`
  if (ctx.cookies.get(name) !== undefined) return false
  // It names nobody, and whoever changes it has themselves reminded more often.
  const { secure } = ctx
  ctx.cookies.set(name, '1', { maxAge: day, httpOnly: true, sameSite: 'lax', secure })
  return true
}
