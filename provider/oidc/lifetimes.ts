import type { Configuration } from 'oidc-provider'
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

type TimesToLive = NonNullable<Configuration['ttl']>

export function timesToLive(lifetimes: LifetimeSettings, clock: Clock): TimesToLive {
  const left = (signedInAt: number | undefined, idle: number): number => {
    if (signedInAt === undefined) return idle
    const end = signedInAt + afterSignIn(lifetimes)
    return Math.max(1, Math.min(idle, end - Math.floor(clock.now() / 1000)))
  }
  return {
    AccessToken: lifetimes.accessToken,
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
