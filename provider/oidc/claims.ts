import type { Configuration, FindAccount, KoaContextWithOIDC } from 'oidc-provider'
import type { Accounts, KnownAccount } from './accounts.ts'
import { meanwhile } from './meanwhile.ts'

/**
 * Which scope shows an app which claims: OpenID Connect Core 1.0 section 5.4, and `groups`, which
 * no standard has and every app expects under this name. `address` is left out: its claim is an
 * object, and directories give text.
 */
const claimsByScope: Readonly<Record<string, readonly string[]>> = {
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

/** The library picks what the granted scopes show. */
export function findAccount(accounts: Accounts): FindAccount {
  return async (ctx, sub, token) => {
    const fresh = justSignedIn(ctx, sub)
    if (fresh !== undefined) await meanwhile(accounts.save(sub, fresh))
    const [account, since] = await Promise.all([
      fresh ?? accounts.find(sub),
      token === undefined ? 0 : accounts.sessionsSince(sub),
    ])
    // An access token does not say when its sign-in was; it is over in a quarter of an hour.
    const isOver = token !== undefined && 'authTime' in token && Number(token.authTime) < since
    if (account === undefined || isOver) return undefined
    const told = Object.entries(account.claims).filter(([name]) => aboutPeople.has(name))
    return { accountId: sub, claims: () => ({ ...Object.fromEntries(told), sub }) }
  }
}

// What the directory said a moment ago comes with the interaction, and only here becomes what is
// known of the person: written once and not read again. A later consent carries it along still, and
// by then it may be old.
function justSignedIn({ oidc }: KoaContextWithOIDC, sub: string): KnownAccount | undefined {
  const interaction = oidc.entities.Interaction
  if (interaction?.prompt.name !== 'login') return undefined
  const { login, account } = interaction.result ?? {}
  return login?.accountId === sub ? (account as KnownAccount | undefined) : undefined
}
