import type { Context } from 'koa'
import { type Clock } from '../../shared/clock.ts'
import { rememberedFor } from './history.ts'

/**
 * What a browser is called. The name is chance, says nothing and proves nothing by itself: who has
 * signed in with it stands in the store. So there is nothing in it to seal or to forge.
 */
export function deviceOf({ cookies, secure }: Browser): string | undefined {
  const found = cookies.get(cookieName(secure), { signed: false })
  return found !== undefined && /^[\w-]{43}$/.test(found) ? found : undefined
}

/** Keeps its name, or gives it one. */
export function nameDevice(ctx: Browser, clock: Clock): string {
  const name = deviceOf(ctx) ?? clock.randomBytes(32).toString('base64url')
  ctx.cookies.set(cookieName(ctx.secure), name, {
    maxAge: rememberedFor,
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    signed: false,
  })
  return name
}

type Browser = Pick<Context, 'cookies' | 'secure'>

function cookieName(isSecure: boolean): string {
  return `${isSecure ? '__Host-' : ''}postern_device`
}
