import type { Middleware } from 'koa'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'

/**
 * How and when a person has signed in, for APIs: `acr`, `amr` and `auth_time` of what an access
 * token is issued for, in the token itself if it is a JWT (RFC 9068 section 2.2.1) and in what
 * introspection says of any (RFC 9470 section 6). Machines have not signed in.
 */
export const authenticationClaims: NonNullable<Configuration['extraTokenClaims']> = (
  { oidc: { entities } },
  { kind },
) => {
  const source = entities.AuthorizationCode ?? entities.RefreshToken ?? entities.DeviceCode
  if (kind !== 'AccessToken' || source === undefined) return undefined
  const { acr, amr, authTime } = source
  return {
    ...(acr !== undefined && { acr }),
    ...(amr !== undefined && { amr }),
    ...(authTime !== undefined && { auth_time: authTime }),
  }
}

/**
 * Adds the authentication contexts to the `acr_values_supported` that the library has published:
 * policies, and with them those, may change while it runs.
 */
export function contextsInDiscovery(contexts: () => ReadonlySet<string>): Middleware {
  return async (context, next) => {
    await next()
    const { oidc, body } = context as unknown as KoaContextWithOIDC & { body: Discovery }
    if (oidc?.route !== 'discovery' || contexts().size === 0) return
    const values = new Set([...(body.acr_values_supported ?? []), ...contexts()])
    context.body = { ...body, acr_values_supported: [...values] }
  }
}

interface Discovery {
  readonly acr_values_supported?: readonly string[]
}
