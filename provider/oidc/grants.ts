import type { Configuration, Grant, KoaContextWithOIDC, OIDCContext } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { LifetimeSettings } from '../settings.ts'
import { isFirstParty } from './clients/first-party.ts'
import { accountLifetime } from './lifetimes.ts'

type LoadExistingGrant = NonNullable<Configuration['loadExistingGrant']>

/**
 * A grant is what an app may have of a person. Third-party apps get theirs on the consent page,
 * first-party apps here, without asking. A grant that would end before what is now issued under it
 * is given its full time again.
 */
export function loadExistingGrant(lifetimes: LifetimeSettings, clock: Clock): LoadExistingGrant {
  return async (ctx) => {
    const grant = (await findGrant(ctx)) ?? (isFirstParty(ctx) ? newGrant(ctx) : undefined)
    if (grant === undefined) return undefined
    const isWider = isFirstParty(ctx) && addRequested(ctx, grant)
    const signedInAt = ctx.oidc.session?.loginTs ?? clock.now() / 1000
    if (isWider || endsBefore(grant, signedInAt + accountLifetime(lifetimes))) {
      grant.exp = undefined
      await grant.save()
    }
    return grant
  }
}

// A new one has no end yet, since it is not stored.
function endsBefore({ exp }: Grant, needed: number): boolean {
  return exp === undefined || exp < needed
}

async function findGrant({ oidc }: KoaContextWithOIDC): Promise<Grant | undefined> {
  const id = oidc.result?.consent?.grantId ?? grantOfSession(oidc)
  const grant = id === undefined ? undefined : await oidc.provider.Grant.find(id)
  // One of whoever used this browser before is none of this person's.
  return grant?.accountId === oidc.account?.accountId ? grant : undefined
}

function grantOfSession({ session, client }: OIDCContext): string | undefined {
  return client && session?.grantIdFor(client.clientId)
}

function newGrant({ oidc }: KoaContextWithOIDC): Grant {
  return new oidc.provider.Grant({
    clientId: oidc.client?.clientId,
    accountId: oidc.account?.accountId,
  })
}

/** @returns whether something was not in the grant before */
function addRequested({ oidc }: KoaContextWithOIDC, grant: Grant): boolean {
  const had = new Set(grant.getOIDCScopeEncountered().split(' '))
  const scopes = [...oidc.requestParamOIDCScopes].filter((scope) => !had.has(scope))
  if (scopes.length > 0) grant.addOIDCScope(scopes)

  const hadClaims = new Set(grant.getOIDCClaimsEncountered())
  const claims = [...oidc.requestParamClaims].filter((claim) => !hadClaims.has(claim))
  if (claims.length > 0) grant.addOIDCClaims(claims)

  const resources = Object.entries(oidc.resourceServers ?? {}).filter(([identifier, server]) => {
    const hadHere = new Set(grant.getResourceScopeEncountered(identifier).split(' '))
    const asked = [...oidc.requestParamScopes].filter((scope) => server.scopes.has(scope))
    const missing = asked.filter((scope) => !hadHere.has(scope))
    if (missing.length > 0) grant.addResourceScope(identifier, missing)
    return missing.length > 0
  })
  return scopes.length + claims.length + resources.length > 0
}
