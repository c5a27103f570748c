import type { Context } from 'koa'

/** What a browser has of being remembered: at most five secrets, see `remembered-browsers.ts`. */
export function rememberedCookie({ cookies, secure }: Browser): string | undefined {
  return cookies.get(nameOf(secure), { signed: false })
}

/** It stays as long as browsers let it; how long it counts is up to us. */
export function setRememberedCookie({ cookies, secure }: Browser, value: string): void {
  cookies.set(nameOf(secure), value, {
    maxAge: longest,
    httpOnly: true,
    sameSite: 'lax',
    secure,
    signed: false,
  })
}

type Browser = Pick<Context, 'cookies' | 'secure'>

// Milliseconds: a year.
const longest = 365 * 86_400_000

/** The prefix keeps other hosts of the domain from planting one (RFC 6265bis section 4.1.3). */
function nameOf(isSecure: boolean): string {
  return `${isSecure ? '__Host-' : ''}postern_remembered`
}
