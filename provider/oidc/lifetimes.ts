import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { LifetimeSettings } from '../settings.ts'

/**
 * How long things live. Everything that rests on a sign-in, however often it is renewed, ends a
 * fixed time after it, also where the directory is not asked about people who are signed in: somebody
 * who has left is out by then. Seconds throughout, as in the standards.
 */
export function afterSignIn(lifetimes: LifetimeSettings): number {
  return Math.max(lifetimes.session, lifetimes.refreshToken)
}

/** A code must be redeemed at once: RFC 6749 section 4.1.2 says ten minutes at most. */
export const codeLifetime = 60

/** RFC 8628 leaves it open; time enough to find a telephone and type eight letters. */
export const deviceCodeLifetime = 600

/**
 * How long a device code is remembered after its end: a device that asks once more has to hear
 * `expired_token` (RFC 8628 section 3.5), not that there never was such a code.
 */
export const lateness = 300

/** Of a pushed authorization request; the library's own, which cannot be set. */
export const pushedRequestLifetime = 60

/**
 * Of what the directory said about a person, and of grants: as long as anything issued for the
 * sign-in can be in use, and the sign-in itself takes its time too.
 */
export function accountLifetime(lifetimes: LifetimeSettings): number {
  return afterSignIn(lifetimes) + lifetimes.interaction + lifetimes.accessToken + codeLifetime
}

/** @param at seconds since 1970-01-01T00:00:00Z; what is not known is past */
export function isPast(at: number | undefined, limit: number, clock: Clock): boolean {
  return at === undefined || clock.now() / 1000 - at >= limit
}

type TimesToLive = NonNullable<Configuration['ttl']>

/** @param most seconds that an access token of this request may be valid; none unless given */
export function timesToLive(
  lifetimes: LifetimeSettings,
  clock: Clock,
  most: (ctx: KoaContextWithOIDC | undefined) => number | undefined = () => undefined,
): TimesToLive {
  const left = (signedInAt: number | undefined, idle: number): number => {
    if (signedInAt === undefined) return idle
    const end = signedInAt + afterSignIn(lifetimes)
    return Math.max(1, Math.min(idle, end - Math.floor(clock.now() / 1000)))
  }
  return {
    AccessToken: (ctx) => Math.min(lifetimes.accessToken, most(ctx) ?? Infinity),
    AuthorizationCode: codeLifetime,
    ClientCredentials: lifetimes.accessToken,
    DeviceCode: deviceCodeLifetime,
    Grant: accountLifetime(lifetimes),
    IdToken: lifetimes.idToken,
    Interaction: lifetimes.interaction,
    RefreshToken: (_ctx, token) => left(token.authTime, lifetimes.refreshToken),
    // Before anybody has signed in it only carries the secret of a form.
    Session: (_ctx, session) =>
      session.loginTs === undefined
        ? lifetimes.interaction
        : left(session.loginTs, lifetimes.session),
  }
}
