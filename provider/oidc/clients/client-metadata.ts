import type { ClientMetadata, Configuration } from 'oidc-provider'
import type { ClientFile } from './client-settings.ts'

type Part = Pick<
  Configuration,
  'clientAuthMethods' | 'enabledJWA' | 'extraClientMetadata' | 'responseTypes'
>

/** What the library lets a client be. */
export const clientRules: Part = {
  // Only `code`: tokens never come through the browser's address bar (RFC 9700 section 2.1.2).
  responseTypes: ['code'],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  enabledJWA: {
    // No EdDSA and no HMAC: every client library knows these three.
    idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256'],
    clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA'],
    dPoPSigningAlgValues: ['ES256', 'Ed25519', 'EdDSA'],
  },
  extraClientMetadata: { properties: ['first_party', 'loopback_redirects', 'resources'] },
}

/** PURE. A client file as the library wants it. */
export function clientMetadata(file: ClientFile, secret?: string): ClientMetadata {
  const {
    client_secret_file: _file,
    client_secret_env: _environment,
    allow_password_grant: _allowed,
    ...registered
  } = file
  return {
    ...registered,
    redirect_uris: redirectUris(file),
    response_types: file.grant_types.includes('authorization_code') ? ['code'] : [],
    ...(secret !== undefined && { client_secret: secret }),
  }
}

// The library insists on one. This one is within what `loopback_redirects` allows anyway.
function redirectUris({ redirect_uris, loopback_redirects }: ClientFile): readonly string[] {
  return redirect_uris.length === 0 && loopback_redirects ? ['http://localhost/'] : redirect_uris
}
