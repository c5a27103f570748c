import { errors } from 'oidc-provider'
import type { LifetimeSettings } from '../../settings.ts'
import { codeLifetime, deviceCodeLifetime, lateness, pushedRequestLifetime } from '../lifetimes.ts'

/** What can be used once: how that is remembered, and what a second user hears. */
export interface Redeemed {
  /** Seconds to remember it: as long as it would have lived. */
  readonly lifetime: number
  /** Whether the library asks before it redeems. Where it does not, a read is saved. */
  readonly isAskedFor: boolean
  readonly refusal: () => Error
}

/** PURE. @param model one of the library's models */
export function redeemed(model: string, lifetimes: LifetimeSettings): Redeemed {
  if (model === 'RefreshToken') {
    return {
      lifetime: lifetimes.refreshToken,
      // A used one is not active (RFC 7662 section 2.2).
      isAskedFor: true,
      refusal: () => new errors.InvalidGrant('refresh token already used'),
    }
  }
  if (model === 'PushedAuthorizationRequest') {
    return {
      lifetime: pushedRequestLifetime,
      // RFC 9126 section 4; known before a person is asked anything.
      isAskedFor: true,
      refusal: () => new errors.InvalidRequestUri('request_uri was already used'),
    }
  }
  return {
    lifetime: Math.max(codeLifetime, deviceCodeLifetime + lateness),
    isAskedFor: false,
    refusal: () => new errors.InvalidGrant('code already used'),
  }
}
