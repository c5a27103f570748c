import type { Configuration } from 'oidc-provider'
import type { Account } from '../../shared/account.ts'

/**
 * Which scope shows an app which claims: OpenID Connect Core 1.0 section 5.4, and `groups`, which
 * no standard has and every app expects under this name. `address` is left out: its claim is an
 * object, and directories give text.
 */
export const claimsByScope: Readonly<Record<string, readonly string[]>> = {
  // These three are about the sign-in and not the person, so every ID token tells them.
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  groups: ['groups'],
}

// An agent speaks about a person. What it says under any other name, `iss` or `auth_time` say,
// must never stand in a token that we sign.
const aboutPeople: ReadonlySet<string> = new Set(
  Object.entries(claimsByScope).flatMap(([scope, claims]) => (scope === 'openid' ? [] : claims)),
)

export const scopes: readonly string[] = [...Object.keys(claimsByScope), 'offline_access']

export const claims: NonNullable<Configuration['claims']> = { ...claimsByScope }

/** What apps may be told of a person at most. */
export function toldClaims(
  account: Account,
  sub: string,
): Record<string, unknown> & { sub: string } {
  const told = Object.entries(account.claims).filter(([name]) => aboutPeople.has(name))
  return { ...Object.fromEntries(told), sub }
}
