import { errors } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { Decision } from '../access/decision.ts'
import { refusalOf } from '../access/refusal.ts'
import { isPast } from './lifetimes.ts'

/** What tokens are issued for: an authorization code, a device's code or a refresh token. */
export interface TokenSource {
  readonly kind?: string | undefined
  readonly grantId?: string | undefined
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly authTime?: number | undefined
}

/** Not an access token: whoever asks with one has been given it already. */
export function isTokenSource({ kind }: TokenSource): boolean {
  return kind === 'AuthorizationCode' || kind === 'DeviceCode' || kind === 'RefreshToken'
}

/**
 * The error for the app, if policies do not let it have tokens. Its detail is for the log. A code
 * comes out of an authorization that has just asked for a fresh sign-in where one is wanted; a
 * refresh token can be older than a policy lets a sign-in count.
 */
export function whyNoTokens(
  decision: Decision,
  { kind, authTime }: TokenSource,
  clock: Clock,
): Error | undefined {
  const refusal = refusalOf(decision)
  if (refusal) return new errors.InvalidGrant(`refused by ${refusal.policies.join(', ')}`)
  const limit = decision.session.signInFrequency
  if (kind !== 'RefreshToken' || !limit || !isPast(authTime, limit.value, clock)) return undefined
  return new errors.InvalidGrant(`${limit.policy} asks for a fresh sign-in`)
}
