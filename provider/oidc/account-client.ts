import type { ClientMetadata } from 'oidc-provider'

/** Under which a person's own pages sign them in. No client file can have it: it has a colon. */
export const accountClientId = 'postern:account'

/** Where a person changes their own password; a sign-in for it comes back to the same address. */
export const ownPasswordPath = '/account/password' as const

/** A person's own pages; a sign-in for one of them comes back to the same address. */
export type AccountPath = (typeof accountPaths)[number]

export const accountPaths = [
  '/account',
  '/account/password',
  '/account/factors',
  '/account/sessions',
  '/account/sign-ins',
] as const

/**
 * Our own pages under `/account`, as an app of this provider: they need somebody to have signed in,
 * some of them just now, and that is what authorization requests are for. Its codes are redeemed by
 * nobody.
 */
export function accountClient(issuer: string): ClientMetadata {
  return {
    client_id: accountClientId,
    client_name: 'Your account',
    first_party: true,
    token_endpoint_auth_method: 'none',
    redirect_uris: accountPaths.map((path) => issuer + path),
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }
}
