import type Koa from 'koa'
import { Fault } from '../../shared/fault.ts'
import { readBody } from './body.ts'

/** The fields of a form, each once. */
export type Form = ReadonlyMap<string, string>

/**
 * Bytes. The longest user name and password a page accepts, every character of them percent-encoded
 * from four bytes, are 16 KiB.
 */
const limit = 20 * 1024

/**
 * The fields of a form that was posted by one of our own pages.
 *
 * There is no hidden token against cross-site request forgery. A sign-in lives under an id that is
 * also in a cookie of this browser, `SameSite=Lax`, which no POST of another site carries; and
 * what the browser says about where the form came from is checked here, which also covers other
 * hosts of the same site. A token would have to be stored and would prove nothing more.
 * @throws Fault `crossSite`, `badForm`
 */
export async function readForm(ctx: Koa.Context): Promise<Form> {
  refuseCrossSite(ctx)
  if (ctx.is('application/x-www-form-urlencoded') === false) {
    throw new Fault('badForm', `a form of type ${JSON.stringify(ctx.get('content-type'))}`)
  }
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(await readBody(ctx, limit))) {
    if (form.has(name)) throw new Fault('badForm', 'a field was sent twice')
    form.set(name, value)
  }
  return form
}

function refuseCrossSite(ctx: Koa.Context): void {
  // Fetch Metadata: set by the browser, and no script of any page can change it.
  const site = ctx.get('sec-fetch-site')
  if (site !== '') {
    // `none` is the person's own doing: a page that came in answer to a form, loaded again.
    if (site === 'same-origin' || site === 'none') return
    throw new Fault('crossSite', `Sec-Fetch-Site: ${site}`)
  }
  // Browsers of before 2023. What sends neither header is no browser, and has no cookies to abuse.
  const origin = ctx.get('origin')
  if (origin === '' || origin === `${ctx.protocol}://${ctx.host}`) return
  throw new Fault('crossSite', `Origin: ${origin}`)
}
