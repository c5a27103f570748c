/**
 * `config/clients/<name>.yaml`: one app. Names are the registered ones of OpenID Connect Dynamic
 * Client Registration 1.0, RFC 7591 and its extensions, so that what any app's manual says can be
 * copied; `first_party`, `loopback_redirects`, `allow_password_grant`, `resources` and the places of the
 * secret are ours.
 */
export interface ClientFile {
  readonly client_id: string
  readonly client_name?: string
  readonly client_uri?: string
  readonly logo_uri?: string
  readonly policy_uri?: string
  readonly tos_uri?: string
  readonly contacts?: readonly string[]
  readonly application_type: 'web' | 'native'
  readonly redirect_uris: readonly string[]
  readonly post_logout_redirect_uris: readonly string[]
  readonly grant_types: readonly GrantType[]
  readonly allow_password_grant: boolean
  readonly token_endpoint_auth_method: ClientAuthentication
  readonly client_secret_file?: string
  readonly client_secret_env?: string
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  readonly jwks_uri?: string
  readonly scope?: string
  readonly id_token_signed_response_alg: SigningAlgorithm
  readonly default_max_age?: number
  readonly backchannel_logout_uri?: string
  readonly backchannel_logout_session_required: boolean
  readonly dpop_bound_access_tokens: boolean
  readonly require_pushed_authorization_requests: boolean
  readonly resources: readonly ClientResource[]
  readonly first_party: boolean
  readonly loopback_redirects: boolean
}

export interface ClientResource {
  /** One of the provider's `resources`. */
  readonly identifier: string
  /** All of the resource's unless given. */
  readonly scopes?: readonly string[]
  /** Taken when the app names none. */
  readonly default: boolean
}

export type GrantType = (typeof grantTypes)[number]
export type ClientAuthentication = (typeof clientAuthentications)[number]
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

export const grantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
  'password',
] as const

/** `client_secret_jwt` is left out: for it a secret would have to be more than a password is. */
export const clientAuthentications = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const

export const signingAlgorithms = ['RS256', 'PS256', 'ES256'] as const
