import { errors, type KoaContextWithOIDC } from 'oidc-provider'

/**
 * Which class of authentication an app asks for: `acr_values` (OpenID Connect Core 1.0 section
 * 3.1.2.1) and the claim `acr` (section 5.5.1.1), which the library has put together.
 */
export interface AskedAcr {
  /** In the app's order of preference. */
  readonly values: readonly string[]
  /** Without one of them the app gets an error. */
  readonly essential: boolean
}

/** @throws InvalidRequest if the claim is not what the standard says it is */
export function askedAcr({ oidc }: KoaContextWithOIDC): AskedAcr {
  return acrOf(oidc.params?.['acr_values'], oidc.claims.id_token?.['acr'])
}

/** The same of a request whose parameters are kept in an interaction. */
export function askedAcrIn(params: Readonly<Record<string, unknown>>): AskedAcr {
  const { claims } = params
  const parsed = (typeof claims === 'string' ? JSON.parse(claims) : {}) as RequestedClaims
  return acrOf(params['acr_values'], parsed.id_token?.acr)
}

interface RequestedClaims {
  readonly id_token?: { readonly acr?: unknown }
}

function acrOf(listed: unknown, claim: unknown): AskedAcr {
  const { value, values = [], essential } = (claim ?? {}) as Readonly<Record<string, unknown>>
  if (!Array.isArray(values)) {
    throw new errors.InvalidRequest('invalid claims.id_token.acr.values type')
  }
  const all = [
    ...(typeof listed === 'string' ? listed.split(' ') : []),
    ...(values as readonly unknown[]),
    value,
  ].filter((one): one is string => typeof one === 'string' && one !== '')
  return { values: [...new Set(all)], essential: essential === true }
}
