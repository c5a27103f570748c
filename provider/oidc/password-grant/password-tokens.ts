import type { AccessToken, Account, Grant, RefreshToken } from 'oidc-provider'
import * as grants from 'oidc-provider/lib/helpers/grants.js'
import type { LifetimeSettings } from '../../settings.ts'
import { passwordGrantType } from '../access/access-to-tokens.ts'
import { passwordAlone } from './password-gate.ts'
import type { PasswordContext, PasswordRequest } from './password-request.ts'

export interface Granted {
  readonly request: PasswordRequest
  readonly account: Account
  /** Seconds since the epoch: when the password was checked. */
  readonly at: number
}

export interface IssuedTokens {
  readonly grantId: string
  /** There is a refresh token: what the sign-in rests on has to be known for longer. */
  readonly isRenewable: boolean
}

/**
 * Answers with the tokens that a code would have been redeemed for, but that no session is behind
 * them: a refresh token goes on by itself, for as long as the sign-in may count.
 */
export async function issuePasswordTokens(
  ctx: PasswordContext,
  granted: Granted,
  lifetimes: LifetimeSettings,
): Promise<IssuedTokens> {
  const { provider } = ctx.oidc
  const { account, request } = granted
  ctx.oidc.entity('Account', account)
  const refreshToken = newRefreshToken(ctx, granted)
  const isRenewable = await grants.shouldIssueRefreshToken(provider, ctx, refreshToken)
  // An app that keeps no token may ask again for each thing it does; its grants end with their tokens.
  const brief = isRenewable ? {} : { expiresIn: lifetimes.accessToken }
  const grant = newGrant(ctx, granted, brief)
  const grantId = await grant.save()
  ctx.oidc.entity('Grant', grant)
  Object.assign(refreshToken, { grantId, sessionUid: grantId })
  // Also where it is not given out: what access tokens say of the sign-in is read from it.
  ctx.oidc.entity('RefreshToken', refreshToken)

  const accessToken = newAccessToken(ctx, refreshToken)
  request.bind(accessToken)
  await grants.resolveAndApplyResource(provider, ctx, refreshToken, accessToken, grant)
  ctx.oidc.entity('AccessToken', accessToken)
  const value = await accessToken.save()
  if (isRenewable) {
    await grants.applyRefreshTokenBindings(provider, ctx, accessToken, refreshToken)
  }
  ctx.body = grants.buildTokenResponse(provider, {
    accessToken: value,
    tokenType: accessToken.tokenType,
    expiresIn: accessToken.expiration,
    scope: accessToken.scope || undefined,
    refreshToken: isRenewable ? await refreshToken.save() : undefined,
    idToken: await idTokenFor(ctx, { account, accessToken, refreshToken, grant }),
  })
  return { grantId, isRenewable }
}

// Also where none is given out: the library's helpers take it for what the tokens come from.
function newRefreshToken(ctx: PasswordContext, { request, account, at }: Granted): RefreshToken {
  const { provider, client } = ctx.oidc
  return new provider.RefreshToken({
    accountId: account.accountId,
    amr: [...passwordAlone],
    authTime: at,
    client,
    grantId: '',
    gty: passwordGrantType,
    resource: request.resource,
    rotations: 0,
    scope: [...request.scopes].join(' '),
  })
}

function newGrant(
  ctx: PasswordContext,
  { request, account }: Granted,
  lifetime: { readonly expiresIn?: number },
): Grant {
  const { provider, client, requestParamOIDCScopes } = ctx.oidc
  const { accountId } = account
  const grant = new provider.Grant({ clientId: client.clientId, accountId, ...lifetime })
  grant.addOIDCScope([...requestParamOIDCScopes])
  for (const server of request.servers) {
    const scopes = [...request.scopes].filter((scope) => server.scopes.has(scope))
    grant.addResourceScope(server.identifier(), scopes)
  }
  return grant
}

function newAccessToken(ctx: PasswordContext, source: RefreshToken): AccessToken {
  const { provider, client } = ctx.oidc
  const { accountId, grantId = '', sessionUid } = source
  return new provider.AccessToken({
    accountId,
    client,
    grantId,
    gty: passwordGrantType,
    sessionUid,
  })
}

/** What the library does where it has no helper: OpenID Connect Core 1.0 section 3.1.3.3. */
async function idTokenFor(
  ctx: PasswordContext,
  issued: {
    readonly account: Account
    readonly accessToken: AccessToken
    readonly refreshToken: RefreshToken
    readonly grant: Grant
  },
): Promise<string | undefined> {
  const { account, accessToken, refreshToken, grant } = issued
  const { scopes, amr, authTime } = refreshToken
  if (!scopes.has('openid')) return undefined
  const told = await account.claims('id_token', [...scopes].join(' '), {}, [])
  const about = { ...told, sub: account.accountId, amr, auth_time: authTime }
  const idToken = new ctx.oidc.provider.IdToken(about, { ctx })
  // Section 5.4: with a token for the userinfo endpoint the claims are fetched from there.
  const scope = accessToken.aud === undefined ? 'openid' : grant.getOIDCScopeFiltered(scopes)
  Object.assign(idToken, { scope, mask: {}, rejected: [] })
  return idToken.issue({ use: 'idtoken' })
}
