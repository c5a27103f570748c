import type Provider from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { AccessGate } from './access-gate.ts'
import type { AccountChecks } from './account-checks.ts'
import { accountClientId, ownPasswordPath } from './account-client.ts'
import type { Accounts } from './accounts.ts'
import type { OwnSessions } from './own-session.ts'

/** @param current the library's instance of the moment */
export function createOwnSessions(
  current: () => Provider,
  parts: {
    readonly issuer: string
    readonly accounts: Accounts
    readonly checks: Pick<AccountChecks, 'signedIn'>
    readonly gate: Pick<AccessGate, 'allowsPage'>
    readonly clock: Clock
  },
): OwnSessions {
  const { issuer, accounts, checks, gate, clock } = parts
  const seconds = () => Math.floor(clock.now() / 1000)
  return {
    find: async (ctx) => {
      const { accountId, loginTs } = await current().Session.get(ctx)
      if (accountId === undefined || loginTs === undefined) return undefined
      const [account, since] = await Promise.all([
        accounts.find(accountId),
        accounts.sessionsSince(accountId),
      ])
      if (account === undefined || loginTs < since) return undefined
      // A session alone proves the password. The sign-in that follows says which policy it was.
      if (!gate.allowsPage(ctx, { sub: accountId, claims: account.claims })) return undefined
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
    signInUrl: (username) => {
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
    },
  }
}
