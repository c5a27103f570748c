import type { Account, FindAccount, KoaContextWithOIDC, Session } from 'oidc-provider'
import { Fault } from '../../../shared/fault.ts'
import type { Store } from '../../../shared/store.ts'
import { requestContext } from '../../http/request-context.ts'
import { toldClaims } from '../claims.ts'
import { meanwhile } from '../storage/meanwhile.ts'
import type { AccountChecks } from './account-checks.ts'
import type { Accounts, KnownAccount } from './accounts.ts'
import { createEndSignIns } from './end-sign-ins.ts'
import { browserOf, type SignInName } from './sign-ins.ts'

type Token = Parameters<FindAccount>[2]

export interface FindAccountParts {
  readonly accounts: Accounts
  readonly checks: AccountChecks
  /** Sealed. */
  readonly store: Store
}

/**
 * The library asks for the person whenever it is about to issue or tell something; it picks what
 * the granted scopes show. Where a sign-in is renewed, by a refresh token or by another request of
 * the same browser, it is first seen whether it still stands. Here and nowhere later: a refresh
 * token is not used up yet.
 */
export function findAccount(parts: FindAccountParts): FindAccount {
  const current = currentAccount(parts)
  return async (ctx, sub, token) => {
    const account = await current(ctx, sub, token)
    return account && accountOf(sub, account)
  }
}

/** PURE. A person as the library knows them. */
export function accountOf(
  sub: string,
  known: KnownAccount,
): Account & { readonly known: KnownAccount } {
  return { accountId: sub, claims: () => toldClaims(known, sub), known }
}

type Current = (
  ctx: KoaContextWithOIDC,
  sub: string,
  token: Token,
) => Promise<KnownAccount | undefined>

function currentAccount(parts: FindAccountParts): Current {
  const { accounts, checks } = parts
  const whatStands = createWhatStands(parts)
  return async (ctx, sub, token) => {
    const { session } = ctx.oidc
    const fresh = justSignedIn(ctx, sub)
    if (fresh !== undefined) {
      const signIn = { at: session?.loginTs ?? 0, session: session?.uid ?? '' }
      await meanwhile(checks.signedIn(sub, fresh, { ...signIn, ...browserOf(ctx) }))
      return fresh
    }
    const signIn = signInOf(ctx, token)
    return signIn === undefined ? accounts.find(sub) : whatStands(ctx, { sub, signIn, token })
  }
}

interface Used {
  readonly sub: string
  readonly signIn: SignInName
  readonly token: Token
}

function createWhatStands(parts: FindAccountParts) {
  const { checks } = parts
  const endSignIns = createEndSignIns(parts)
  return async (
    ctx: KoaContextWithOIDC,
    { sub, signIn, token }: Used,
  ): Promise<KnownAccount | undefined> => {
    const { reference } = requestContext(ctx)
    // A code is younger than what is known already.
    const mayAsk = token === undefined || token.kind === 'RefreshToken'
    const standing = await checks.check(sub, signIn, { reference, mayAsk })
    if (standing.state === 'good') return standing.account
    if (standing.state === 'over')
      await endSignIns(ctx, sub, { ...standing, grantId: token?.grantId })
    if (token === undefined) return forget(ctx.oidc.session)
    if (standing.state !== 'unheard') return undefined
    // Not a refusal of the token: when the directory is back, it is good again.
    throw new Fault('accountUnheard', 'no directory has answered for longer than goOnFor')
  }
}

/** An access token does not say when that was, and is over in a quarter of an hour. */
function signInOf({ oidc }: KoaContextWithOIDC, token: Token): SignInName | undefined {
  const { loginTs, uid } = oidc.session ?? {}
  if (token === undefined) return loginTs === undefined ? undefined : { at: loginTs, session: uid }
  if (!('authTime' in token) || token.authTime === undefined) return undefined
  return { at: token.authTime, session: token.sessionUid }
}

// The browser keeps its session, in which nobody is signed in now: whoever it is, is asked.
function forget(session: Session | undefined): undefined {
  if (session === undefined) return
  session.authorizations = {}
  for (const about of ['accountId', 'loginTs', 'amr', 'acr'] as const) delete session[about]
}

// What the directory said a moment ago comes with the interaction, and only here becomes what is
// known of the person: written once and not read again. A consent asks for no password.
function justSignedIn({ oidc }: KoaContextWithOIDC, sub: string): KnownAccount | undefined {
  const interaction = oidc.entities.Interaction
  if (interaction === undefined || interaction.prompt.name === 'consent') return undefined
  const { login, account } = interaction.result ?? {}
  return login?.accountId === sub ? (account as KnownAccount | undefined) : undefined
}
