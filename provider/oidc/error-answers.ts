import type Koa from 'koa'
import type { Configuration, ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { asFault, Fault } from '../../shared/fault.ts'
import { requestContext } from '../http/request-context.ts'
import { setPagePolicy } from '../http/security-headers.ts'
import { errorText } from './error-texts.ts'
import type { OidcPages } from './pages.ts'

type RenderError = NonNullable<Configuration['renderError']>

/** The page for a person, where an error cannot be sent back to the app. */
export function renderError(pages: OidcPages): RenderError {
  return async (ctx, out, error) => {
    if (error instanceof Fault) ctx.status = error.status
    setPagePolicy(ctx, {})
    ctx.type = 'html'
    ctx.body = await pages.error({
      status: ctx.status,
      ...errorText(error),
      ...technical(out),
      reference: requestContext(ctx).reference,
    })
  }
}

/** The same answers, for what fails after the library has made one of its own. */
export function answerFault(
  pages: OidcPages,
): (ctx: Koa.Context, thrown: unknown) => Promise<void> {
  const render = renderError(pages)
  return async (context, thrown) => {
    const ctx = context as unknown as KoaContextWithOIDC
    const error = asFault(thrown)
    const out = { error: 'server_error', error_description: error.publicText }
    if (ctx.accepts('json', 'html') === 'html') await render(ctx, out, error)
    else ctx.body = out
    ctx.oidc.provider.emit('server_error', ctx, error)
  }
}

/** The answer for a program: says what we can about our own faults, and when to come back. */
export function explainFault(ctx: KoaContextWithOIDC, error: unknown): void {
  if (!(error instanceof Fault)) return
  ctx.status = error.status
  if (ctx.response.type !== 'application/json') return
  ctx.body = { error: 'server_error', error_description: error.publicText }
}

/**
 * RFC 6749 section 5.2: a grant type that this app may not use is `unauthorized_client`. The library
 * says `invalid_request`.
 */
export function explainRefusal({ oidc, response }: KoaContextWithOIDC): void {
  const grantType = oidc.params?.['grant_type']
  if (response.type !== 'application/json' || oidc.client === undefined) return
  if (typeof grantType !== 'string' || oidc.client.grantTypeAllowed(grantType)) return
  const { error, error_description } = response.body as ErrorOut
  if (error === 'invalid_request') {
    response.body = { error: 'unauthorized_client', error_description }
  }
}

// For the app's developer, in the standard's own words. Not for our faults: those are in the log.
function technical(out: ErrorOut): { technical?: string } {
  if (out.error === 'server_error') return {}
  const { error, error_description: description } = out
  return { technical: description === undefined ? error : `${error}: ${description}` }
}
