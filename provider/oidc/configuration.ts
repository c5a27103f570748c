import type { AdapterFactory, Configuration, JWKS } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { LifetimeSettings, ResourceSettings } from '../settings.ts'
import type { AccessGate } from './access/access-gate.ts'
import type { AccessRisk } from './access/access-risk.ts'
import { gatedAccount } from './access/gated-account.ts'
import type { StepUp } from './access/step-up.ts'
import { type FindAccountParts, findAccount } from './accounts/find-account.ts'
import { authenticationClaims } from './authentication-claims.ts'
import { claims, scopes } from './claims.ts'
import { clientRules } from './clients/client-metadata.ts'
import { isFirstPartyClient } from './clients/first-party.ts'
import { cookies } from './cookies.ts'
import { allowsOrigin } from './cors.ts'
import type { DerivedSecrets } from './derived-secrets.ts'
import { renderError } from './error-answers.ts'
import { features } from './features.ts'
import { devicePages, logoutPages } from './flow-pages.ts'
import { loadExistingGrant } from './grants.ts'
import { createPolicy } from './interaction-policy.ts'
import { timesToLive } from './lifetimes.ts'
import type { OidcPages } from './pages.ts'
import { resourceIndicators } from './resources.ts'

/** Our choices for oidc-provider; each part says why in its own file. */
export interface ConfigurationParts extends FindAccountParts {
  readonly issuer: string
  readonly adapter: AdapterFactory
  readonly jwks: JWKS
  readonly gate: AccessGate
  readonly stepUp: Pick<StepUp, 'strengths'>
  readonly risk: AccessRisk
  readonly pages: OidcPages
  readonly secrets: DerivedSecrets
  readonly resources: readonly ResourceSettings[]
  readonly lifetimes: LifetimeSettings
  readonly clock: Clock
}

export function configuration(parts: ConfigurationParts): Configuration {
  const { pages, lifetimes, clock, secrets } = parts
  const errorPage = renderError(pages)
  return {
    ...clientRules,
    ...tokens,
    ...network,
    adapter: parts.adapter,
    jwks: parts.jwks,
    routes,
    scopes,
    claims,
    acrValues: [...parts.stepUp.strengths],
    extraTokenClaims: authenticationClaims,
    findAccount: gatedAccount(findAccount(parts), parts.gate, parts.risk),
    loadExistingGrant: loadExistingGrant(lifetimes, clock),
    interactions: {
      policy: createPolicy(parts.gate),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    ttl: timesToLive(lifetimes, clock, parts.gate.tokenLifetime),
    cookies: cookies(parts.issuer, secrets.cookies),
    renderError: errorPage,
    features: {
      ...features,
      deviceFlow: { ...features.deviceFlow, ...devicePages(pages, errorPage) },
      rpInitiatedLogout: { enabled: true, ...logoutPages(pages) },
      resourceIndicators: resourceIndicators(parts.resources, lifetimes),
      // Required and not only offered: a proof made in advance by a script that got into the app
      // for a moment is of no use later (RFC 9449 section 11.2).
      dPoP: { enabled: true, nonceSecret: secrets.dpopNonces, requireNonce: () => true },
    },
  }
}

const routes: Configuration['routes'] = {
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  jwks: '/jwks',
  pushed_authorization_request: '/par',
  introspection: '/introspect',
  revocation: '/revoke',
  device_authorization: '/device/authorize',
  code_verification: '/device',
  end_session: '/logout',
}

const tokens: Pick<
  Configuration,
  | 'pkce'
  | 'allowOmittingSingleRegisteredRedirectUri'
  | 'issueRefreshToken'
  | 'rotateRefreshToken'
  | 'revokeGrantPolicy'
> = {
  // For all apps and not only those without a secret: it also binds a code to the browser it was
  // asked for in (RFC 9700 section 2.1.1). The library knows no other method than S256.
  pkce: { required: () => true },
  // OpenID Connect Core 1.0 section 3.1.2.1: it is required.
  allowOmittingSingleRegisteredRedirectUri: false,
  // Without `offline_access` a refresh token ends with the person's session; the organization's own
  // apps have one without asking.
  issueRefreshToken: (_ctx, client, source) =>
    client.grantTypeAllowed('refresh_token') &&
    (source.scopes.has('offline_access') || isFirstPartyClient(client)),
  // At each use and for all apps, so that a stolen one is found out (RFC 9700 section 4.14.2).
  rotateRefreshToken: true,
  // Our adapter revokes by grant alone.
  revokeGrantPolicy: () => true,
}

const network: Pick<
  Configuration,
  'clientBasedCORS' | 'fetch' | 'fetchResponseBodyLimits' | 'enableHttpPostMethods'
> = {
  clientBasedCORS: allowsOrigin,
  // The library gives its own dispatcher, which refuses private addresses: right where anybody may
  // register an app, wrong here, where addresses come from reviewed files and most apps that want
  // to hear of a sign-out live in the same private network.
  fetch: (url, options) => fetch(url, withoutDispatcher(options)),
  fetchResponseBodyLimits: { jwks_uri: 65_536 },
  enableHttpPostMethods: false,
}

function withoutDispatcher(options: RequestInit & { dispatcher?: unknown } = {}): RequestInit {
  const { dispatcher: _refusesPrivate, ...others } = options
  return others
}
