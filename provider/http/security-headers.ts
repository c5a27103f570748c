import helmet, { contentSecurityPolicy } from 'helmet'
import type Koa from 'koa'

type Sources = readonly string[]

/**
 * Headers of every answer. A page with a form of ours replaces the Content Security Policy
 * (`pagePolicy`). What the OpenID Connect library might render itself needs two things of the default
 * one: a `script-src`, to which the library adds the hash of its own inline script, and no
 * `form-action`, since it may post to the app.
 * @param isHttps whether the issuer is, the only case in which HSTS may be sent (RFC 6797, 7.2)
 */
export function securityHeaders(isHttps: boolean): Koa.Middleware {
  const apply = helmet({
    contentSecurityPolicy: policy({ 'script-src': [] }),
    strictTransportSecurity: isHttps && { maxAge: 31_536_000, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    // Other sites learn the issuer's address and no path. `no-referrer` would also make browsers
    // send `Origin: null` with every form: nothing could be told from it any more, neither here
    // nor by an app that is sent a form_post.
    referrerPolicy: { policy: 'strict-origin' },
    // An app may open its sign-in in a popup and wait for it: isolation would cut the two apart.
    crossOriginOpenerPolicy: false,
  })
  return async (ctx, next) => {
    apply(ctx.req, ctx.res, throwIfAny)
    await next()
    // What a page says belongs to one moment of one sign-in: back and reload must ask again.
    if (ctx.type === 'text/html' && ctx.response.headers['cache-control'] === undefined) {
      ctx.set('Cache-Control', 'no-store')
    }
  }
}

/** What a page of ours may do: load our style sheet and pictures, and send forms to us. */
export interface PagePolicy {
  /**
   * Where a form may lead in the end, as sources. Chromium applies `form-action` to every
   * redirect that follows a POST, the app's own ones included, so that an app whose callback
   * moves on to another host would be stuck on our page with nothing to see. So each source is
   * widened to its scheme. What is left to the directive is little; that no form can be slipped
   * into a page at all is the escaping of `html.ts`.
   */
  readonly returnSources?: Sources
  /** Pictures from elsewhere: an app's logo. */
  readonly imageSources?: Sources
  /** Scripts from `/assets`; every other page runs none at all. */
  readonly runsScripts?: boolean
  /** They ask the provider for something. */
  readonly scriptsAsk?: boolean
}

export function setPagePolicy(ctx: Koa.Context, page: PagePolicy): void {
  const schemes = new Set((page.returnSources ?? []).map(scheme))
  const apply = contentSecurityPolicy(
    policy({
      'img-src': ["'self'", ...(page.imageSources ?? [])],
      'form-action': ["'self'", ...schemes],
      ...(page.runsScripts === true && { 'script-src': ["'self'"] }),
      ...(page.scriptsAsk === true && { 'connect-src': ["'self'"] }),
    }),
  )
  apply(ctx.req, ctx.res, throwIfAny)
}

function policy(directives: Record<string, Sources>): {
  useDefaults: false
  directives: Record<string, Sources>
} {
  const none = ["'none'"]
  const own = ["'self'"]
  const always = {
    'default-src': none,
    'style-src': own,
    'img-src': own,
    'base-uri': none,
    'frame-ancestors': none,
  }
  return { useDefaults: false, directives: { ...always, ...directives } }
}

function scheme(source: string): string {
  return `${source.split(':', 1)[0]}:`
}

function throwIfAny(error?: unknown): void {
  if (error instanceof Error) throw error
}
