import type { Context } from 'koa'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import type { AccessGate } from './access-gate.ts'
import type { AccessRisk } from './access-risk.ts'
import type { AccountChecks } from './account-checks.ts'
import { accountClientId, ownPasswordPath } from './account-client.ts'
import type { Accounts } from './accounts.ts'
import { createEndSignIns } from './end-sign-ins.ts'
import type { OwnSessions } from './own-session.ts'
import type { SignInName } from './sign-ins.ts'
import { hasEnded } from './standing.ts'

/** @param current the library's instance of the moment */
export function createOwnSessions(
  current: () => Provider,
  parts: {
    readonly issuer: string
    readonly accounts: Accounts
    readonly checks: Pick<AccountChecks, 'signedIn' | 'signIns'>
    /** Sealed. */
    readonly store: Store
    readonly gate: Pick<AccessGate, 'allowsPage'>
    readonly risk: Pick<AccessRisk, 'visit'>
    readonly clock: Clock
  },
): OwnSessions {
  const { issuer, accounts, checks, gate, risk, clock } = parts
  const endSignIns = createEndSignIns(parts)
  const seconds = () => Math.floor(clock.now() / 1000)
  return {
    find: async (ctx) => {
      const { accountId, loginTs, uid, amr = [] } = await current().Session.get(ctx)
      if (accountId === undefined || loginTs === undefined) return undefined
      const [account, ended] = await Promise.all([
        accounts.find(accountId),
        accounts.ended(accountId),
      ])
      const isOver = hasEnded(ended, { at: loginTs, session: uid })
      if (account === undefined || isOver) return undefined
      await risk.visit(ctx, { accountId, account, uid })
      // The sign-in that follows says which policy it was, and asks for what is missing.
      const person = { sub: accountId, claims: account.claims }
      if (!(await gate.allowsPage(ctx, { person, uid, amr }))) return undefined
      return { accountId, account, age: seconds() - loginTs }
    },
    renew: async (ctx, amr) => {
      const session = await current().Session.get(ctx)
      const { accountId, uid } = session
      const account = accountId === undefined ? undefined : await accounts.find(accountId)
      if (accountId === undefined || account === undefined) return
      const at = seconds()
      session.loginAccount({ accountId, loginTs: at, amr: [...amr] })
      await Promise.all([
        session.persist(),
        checks.signedIn(accountId, account, { at, session: uid }),
      ])
    },
    endOthers: async (ctx, accountId) => {
      const inside = contextOf(current(), ctx)
      const { uid } = await current().Session.get(inside)
      const isOther = ({ session }: SignInName) => session !== uid
      const past = await checks.signIns(accountId)
      // First what holds everywhere and for good, then what is known of each.
      await accounts.endSessions(accountId, past.filter(isOther))
      const ending = { why: 'passwordChanged', ends: isOther, grantId: undefined } as const
      await endSignIns(inside, accountId, ending)
    },
    signInUrl: (username) => signInUrl({ issuer, clock, username }),
  }
}

/** As the library makes it for requests that are its own. */
function contextOf(provider: Provider, { req, res }: Context): KoaContextWithOIDC {
  const ctx = provider.createContext(req, res) as KoaContextWithOIDC
  return Object.assign(ctx, { oidc: new provider.OIDCContext(ctx) })
}

function signInUrl(about: { issuer: string; clock: Clock; username: string | undefined }): string {
  const { issuer, clock, username } = about
  const url = new URL('/authorize', issuer)
  url.search = new URLSearchParams({
    client_id: accountClientId,
    redirect_uri: issuer + ownPasswordPath,
    response_type: 'code',
    scope: 'openid',
    prompt: 'login',
    // What it would be the hash of, nobody knows: so nobody can redeem the code.
    code_challenge: clock.randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
    ...(username !== undefined && { login_hint: username }),
  }).toString()
  return url.href
}
