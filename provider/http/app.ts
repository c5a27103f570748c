import { Router } from '@koa/router'
import Koa from 'koa'
import type { Clock } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { OrganizationSettings } from '../settings.ts'
import { assets } from './assets.ts'
import { type ForwardedHeader, trustedProxies } from './client-address.ts'
import { errorPage } from './error-page.ts'
import type { Feature } from './feature.ts'
import { addRequestContext, fixOrigin } from './request-context.ts'
import { securityHeaders } from './security-headers.ts'

/**
 * HTTP as every feature finds it: a request with its reference and client address, safe headers,
 * one frame for pages, one place for errors. Nothing in this folder knows what a sign-in is.
 */
export interface AppParts {
  /** In the order in which their routes are tried. */
  readonly features: readonly Feature[]
  /** The address people and apps know us by; requests are taken to have come to it. */
  readonly issuer: string
  readonly organization: OrganizationSettings
  /** Addresses or CIDR ranges. */
  readonly trustedProxies: readonly string[]
  /** Which header of theirs is believed; `x-forwarded-for` unless given. */
  readonly forwardedHeader?: ForwardedHeader
  readonly clock: Clock
  readonly log: Logger
}

/** @throws Fault `settings` if a trusted proxy is neither an address nor a range */
export function createApp(parts: AppParts): Koa {
  const { clock, log } = parts
  const app = new Koa()
  fixOrigin(app, parts.issuer)
  const trusted = trustedProxies(parts.trustedProxies, parts.forwardedHeader)
  app.use(addRequestContext({ clock, log, trusted }))
  app.use(securityHeaders(parts.issuer.startsWith('https:')))
  app.use(errorPage(parts.organization))
  app.use(routerOf([assets, ...parts.features]).routes())
  // What comes here has passed the error page: a connection that broke while it was written to.
  app.on('error', (thrown: unknown) => {
    const { code, message: detail } = asFault(thrown)
    log.info({ faultCode: code, detail }, 'answer not delivered')
  })
  return app
}

function routerOf(features: readonly Feature[]): Router {
  const router = new Router()
  for (const feature of features) feature.mount(router)
  return router
}
