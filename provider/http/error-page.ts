import type Koa from 'koa'
import { asFault, Fault, type FaultKind } from '../../shared/fault.ts'
import type { OrganizationSettings } from '../settings.ts'
import { html } from './html.ts'
import { type Page, sendPage } from './layout.ts'
import { loggedPath } from './logged-path.ts'
import { requestContext } from './request-context.ts'

/**
 * The one place where a throw becomes an answer. The person reads the fault's public sentence and
 * a reference; detail and cause go to the log under the same reference. What was not thrown as a
 * Fault never has its message shown, since nobody has looked at what it gives away.
 */
export function errorPage(organization: OrganizationSettings): Koa.Middleware {
  return async (ctx, next) => {
    try {
      await next()
      if (isUnanswered(ctx)) throw new Fault('notFound', 'no such route')
    } catch (thrown) {
      const fault = asFault(thrown)
      logFault(ctx, fault)
      // Half an answer is out: all that is left is to break off, so that it is not taken for whole.
      if (ctx.headerSent) ctx.res.destroy()
      else answer(ctx, fault, organization)
    }
  }
}

function isUnanswered(ctx: Koa.Context): boolean {
  return ctx.status === 404 && (ctx.body === undefined || ctx.body === null) && !ctx.headerSent
}

function answer(ctx: Koa.Context, fault: Fault, organization: OrganizationSettings): void {
  const { reference } = requestContext(ctx)
  ctx.status = fault.status
  // The same preference as in the OpenID Connect library: HTML for who asks for it.
  if (ctx.accepts('json', 'html') === 'html') {
    sendPage(ctx, faultPage(fault, reference), organization)
    return
  }
  ctx.set('Cache-Control', 'no-store')
  ctx.type = 'json'
  ctx.body = { error: fault.code, error_description: fault.publicText, reference }
}

function faultPage(fault: Fault, reference: string): Page {
  const title = titles[fault.kind] ?? 'Something went wrong'
  return {
    title,
    content: html`<h1>${title}</h1>
<p>${fault.publicText}</p>
<p class="reference">Reference <strong>${reference}</strong></p>`,
  }
}

const titles: Partial<Record<FaultKind, string>> = {
  notFound: 'Page not found',
  signInExpired: 'This sign-in has ended',
  badForm: 'That did not work',
  crossSite: 'That did not work',
}

function logFault(ctx: Koa.Context, fault: Fault): void {
  const { log } = requestContext(ctx)
  const { code: faultCode, message: detail, cause } = fault
  // Not the cause of what anybody can bring about: its stack is five times the rest, and would be
  // the quickest way to fill the disk.
  const isOurs = fault.status >= 500 && cause !== undefined
  const line = {
    faultCode,
    detail,
    method: ctx.method,
    path: loggedPath(ctx),
    ...(isOurs && { err: cause }),
  }
  if (fault.kind === 'notFound') log.debug(line, 'not found')
  else if (fault.status < 500) log.info(line, 'request refused')
  else log.error(line, 'request failed')
}
