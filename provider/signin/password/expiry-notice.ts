import type { Context } from 'koa'
import type { Account } from '../../../shared/account.ts'
import type { SigninRealm } from '../realm.ts'

const day = 86_400_000

/**
 * PURE. In how many days the password expires, if the person is to be told: it is not long, and
 * they can do something about it here. 0 is today, or it has expired and will not do much longer.
 * @param about.now milliseconds since the epoch
 */
export function daysToTell(
  { passwordExpiresAt, signInsLeft }: Account,
  about: { realm: SigninRealm | undefined; noticeDays: number; now: number },
): number | undefined {
  const { realm, noticeDays, now } = about
  // Wherever they change it: soon they will not be let in.
  if (signInsLeft !== undefined) return 0
  if (passwordExpiresAt === undefined || !realm?.changePasswords) return undefined
  const left = passwordExpiresAt - now
  return left > noticeDays * day ? undefined : Math.max(0, Math.floor(left / day))
}

/**
 * Whether the notice is due in this browser: once a day, and each time where sign-ins are counted.
 * From now on it was shown.
 */
export function isNoticeDue(ctx: Context, { signInsLeft }: Account): boolean {
  if (signInsLeft !== undefined) return true
  const name = `${ctx.secure ? '__Host-' : ''}postern_expiry_notice`
  if (ctx.cookies.get(name) !== undefined) return false
  // It names nobody, and whoever changes it has themselves reminded more often.
  const { secure } = ctx
  ctx.cookies.set(name, '1', { maxAge: day, httpOnly: true, sameSite: 'lax', secure })
  return true
}
