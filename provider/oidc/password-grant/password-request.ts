import {
  type AccessToken,
  errors,
  type ResourceServerInstance,
  type TokenEndpointGrantContext,
} from 'oidc-provider'
// Made for grant types of one's own. What it does may change with any version of the library: the
// tests of the password grant would say so.
import * as grants from 'oidc-provider/lib/helpers/grants.js'

export type PasswordContext = TokenEndpointGrantContext<PasswordParameters>

export interface PasswordParameters {
  readonly username?: string
  readonly password?: string
}

/** What an app asks for with a password. */
export interface PasswordRequest {
  readonly username: string
  readonly password: string
  readonly scopes: ReadonlySet<string>
  readonly servers: readonly ResourceServerInstance[]
  /** What the tokens may be for: the one that the app names, or its default. */
  readonly resource: string | undefined
  /** Binds a token to the app's key. */
  readonly bind: (token: AccessToken) => void
}

/**
 * All that can be wrong with a request is found here, before anybody's password is looked at: what is
 * wrong afterwards would say that the password is right.
 * @throws the library's errors for the app
 */
export async function readPasswordRequest(ctx: PasswordContext): Promise<PasswordRequest> {
  const { provider, params, client } = ctx.oidc
  const { username, password } = typed(params)
  const dPoP = await grants.validateDpop(provider, ctx)
  const certificate = grants.checkMtlsCert(provider, ctx)
  grants.checkDpopRequired(provider, ctx, dPoP)
  const named = params.resource
  if (Array.isArray(named)) throw new errors.InvalidTarget('only a single resource is supported')
  const servers = await grants.resolveRequestedResources(provider, ctx)
  const resource = params.resource as string | undefined
  // As when a code is redeemed: with `openid` the token is for the userinfo endpoint, unless the
  // app names an API itself.
  params.resource = named
  const scopes = grants.validateClientScope(provider, ctx)
  await grants.checkDpopReplay(provider, ctx, dPoP, client.clientId)
  return {
    username,
    password,
    scopes,
    servers,
    resource,
    bind: (token) => {
      if (certificate !== undefined) token.setThumbprint('x5t', certificate)
      if (dPoP) token.setThumbprint('jkt', dPoP.thumbprint)
    },
  }
}

function typed({ username, password }: PasswordParameters): Required<PasswordParameters> {
  // The library leaves out what is empty.
  if (username === undefined) throw missing('username')
  if (password === undefined) throw missing('password')
  return { username, password }
}

function missing(name: string): Error {
  return new errors.InvalidRequest(`missing required parameter '${name}'`)
}
