import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type Koa from 'koa'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import { clientAddress, type TrustedProxies } from './client-address.ts'
import { loggedPath } from './logged-path.ts'
import { createReference } from './reference.ts'

/** What is known about a request before anything has answered it. */
export interface RequestContext {
  /** Shown to the person when something fails, and on every log line of the request. */
  readonly reference: string
  /** IP address, as far as trusted proxies vouch for it. */
  readonly clientAddress: string
  /**
   * The same where policies ask. Left out if it is that of a trusted proxy: then no proxy has said
   * where the person is, and they must not gain by where the proxy is.
   */
  readonly personAddress?: string
  readonly log: Logger
}

// By the raw request, since libraries make Koa contexts of their own around the same one.
const contexts = new WeakMap<IncomingMessage, RequestContext>()

/** @throws Fault `internal` if the request did not come in through `createApp` */
export function requestContext(ctx: { readonly req: IncomingMessage }): RequestContext {
  const context = contexts.get(ctx.req)
  if (context === undefined) throw new Fault('internal', 'a request without a context')
  return context
}

/** The first middleware of all. */
export function addRequestContext(parts: {
  clock: Clock
  log: Logger
  trusted: TrustedProxies
}): Koa.Middleware {
  return async (ctx, next) => {
    const reference = createReference(parts.clock)
    const { trusted } = parts
    const forwarded = ctx.get(trusted.header)
    const address = clientAddress(ctx.req.socket.remoteAddress, forwarded, trusted)
    const person = isIP(address) > 0 && !trusted.has(address) && { personAddress: address }
    const log = parts.log.child({ reference })
    contexts.set(ctx.req, { reference, clientAddress: address, ...person, log })
    ctx.set('X-Request-Id', reference)
    const began = parts.clock.now()
    await next()
    const milliseconds = parts.clock.now() - began
    // The query is left out: it may hold a login hint, a code or an ID token.
    const { method, status } = ctx
    log.debug({ method, path: loggedPath(ctx), status, milliseconds }, 'answered')
  }
}

/**
 * Makes Koa tell protocol and host of a request from the issuer, and the address from what we
 * found out. A host that the client named would end up in discovery documents and redirects
 * (cache poisoning, stolen codes), and a proxy that forgets `X-Forwarded-Proto` would cost cookies
 * their `Secure`. The issuer is one and known, so no header is asked.
 */
export function fixOrigin(app: Koa, issuer: string): void {
  const { protocol, host, origin } = new URL(issuer)
  Object.defineProperties(app.request, {
    protocol: { get: () => protocol.slice(0, -1) },
    host: { get: () => host },
    href: {
      get(this: { originalUrl: string }) {
        // A request line may name a host, too (RFC 9112 section 3.2.2).
        return origin + this.originalUrl.replace(/^https?:\/\/[^/]*/i, '')
      },
    },
    ip: {
      get(this: { req: IncomingMessage }) {
        return contexts.get(this.req)?.clientAddress ?? ''
      },
    },
  })
}
