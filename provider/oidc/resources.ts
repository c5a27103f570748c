import { type Client, type Configuration, errors, type ResourceServer } from 'oidc-provider'
import type { LifetimeSettings, ResourceSettings } from '../settings.ts'
import type { ClientResource } from './clients/client-settings.ts'

type Feature = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

/**
 * APIs that access tokens are issued for (RFC 8707). Each token is for one of them, a JWT
 * (RFC 9068) that the API can check by itself. An app gets at an API only if its client file
 * names it: otherwise any machine client could ask for any scope of any API.
 */
export function resourceIndicators(
  resources: readonly ResourceSettings[],
  lifetimes: LifetimeSettings,
): Feature {
  return {
    enabled: true,
    defaultResource: (_ctx, client, oneOf) =>
      oneOf ?? resourcesOf(client).find((resource) => resource.default)?.identifier,
    getResourceServerInfo: (_ctx, identifier, client) => {
      const known = resources.find((resource) => resource.identifier === identifier)
      const allowed = resourcesOf(client).find((resource) => resource.identifier === identifier)
      if (known === undefined || allowed === undefined) throw new errors.InvalidTarget()
      return resourceServer(known, allowed, lifetimes)
    },
    // A token request that names no resource is for the userinfo endpoint if it can be: with the
    // one that was named in the authorization request no app could get at the person's claims.
    useGrantedResource: () => false,
  }
}

function resourceServer(
  { identifier, scopes }: ResourceSettings,
  allowed: ClientResource,
  lifetimes: LifetimeSettings,
): ResourceServer {
  const permitted = scopes.filter((scope) => allowed.scopes?.includes(scope) ?? true)
  return {
    scope: permitted.join(' '),
    audience: identifier,
    accessTokenTTL: lifetimes.accessToken,
    accessTokenFormat: 'jwt',
    // The one that every API must understand: RFC 9068 section 2.1.
    jwt: { sign: { alg: 'RS256' } },
  }
}

function resourcesOf(client: Client): readonly ClientResource[] {
  return (client['resources'] ?? []) as readonly ClientResource[]
}
