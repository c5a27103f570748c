import type { Context } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Store } from '../../../shared/store.ts'
import { requestContext } from '../../http/request-context.ts'
import type { LifetimeSettings } from '../../settings.ts'
import { accountLifetime } from '../lifetimes.ts'

/** Which sign-in something rests on. */
export interface SignInName {
  /** `auth_time`: seconds since the epoch. */
  readonly at: number
  /** Several may have begun in one second. Not known of what was issued without a session. */
  readonly session: string | undefined
}

/** A sign-in that sessions and tokens may rest on. */
export interface SignIn {
  /** `auth_time`: seconds since the epoch. Every token that comes of it says so. */
  readonly at: number
  /** The browser's session, by the name that stays. */
  readonly session: string
  /** When the password that was typed had been set, where the directory tells. */
  readonly passwordChangedAt?: number
  /** IP address of the browser. */
  readonly address?: string
  /** What the browser says it is, `User-Agent`: for the person to know it again, and nothing else. */
  readonly browser?: string
}

/**
 * The sign-ins of each account: to find its sessions when they have to end, and to know which
 * password each of them began with. The newest hundred: an older session is found when it is used.
 */
export interface SignIns {
  /** Once more for a sign-in whose person has since changed the password in it. */
  note(sub: string, signIn: SignIn): Promise<void>
  /** Oldest first. */
  of(sub: string): Promise<readonly SignIn[]>
}

const most = 100
const longestBrowser = 256

/** Where a browser is and what it says it is, for the list that the person sees. */
export function browserOf(ctx: Context | KoaContextWithOIDC): Pick<SignIn, 'address' | 'browser'> {
  const browser = ctx.get('user-agent').slice(0, longestBrowser)
  return { address: requestContext(ctx).clientAddress, ...(browser !== '' && { browser }) }
}

/** @param parts.store sealed */
export function createSignIns(parts: {
  readonly store: Store
  readonly lifetimes: LifetimeSettings
}): SignIns {
  const { store } = parts
  const ttl = accountLifetime(parts.lifetimes) * 1000
  return {
    note: (sub, signIn) => store.append(listKey(sub), JSON.stringify(signIn), { max: most, ttl }),
    of: async (sub) => (await store.range(listKey(sub))).map((text) => JSON.parse(text) as SignIn),
  }
}

const listKey = (sub: string): string => `sign-ins:${sub}`
