import type Koa from 'koa'
import { passwordGrantType } from '../access/access-to-tokens.ts'
import type { Clients } from '../clients/clients.ts'

/**
 * The library lists all grant types that it knows. Who looks for a door that takes passwords is not
 * to be shown one where no app may use it (RFC 8414 section 2: what this server supports).
 */
export function honestDiscovery(clients: Pick<Clients, 'mayUse'>): Koa.Middleware {
  return async (ctx, next) => {
    await next()
    const document = ctx.body as Record<string, unknown> | undefined
    const listed = document?.['grant_types_supported']
    if (!Array.isArray(listed) || clients.mayUse(passwordGrantType)) return
    const used = listed.filter((grantType) => grantType !== passwordGrantType)
    ctx.body = { ...document, grant_types_supported: used }
  }
}
