import type Provider from 'oidc-provider'
import type { Clock } from '../../../shared/clock.ts'
import type { Store } from '../../../shared/store.ts'
import type { Person } from '../../access/person.ts'
import type { LifetimeSettings } from '../../settings.ts'
import type { AccessGate } from '../access/access-gate.ts'
import type { AccessRisk } from '../access/access-risk.ts'
import { createProofs, type Proof } from '../access/proofs.ts'
import { type AccountPath, accountClientId, ownPasswordPath } from '../account-client.ts'
import { appNames } from '../clients/app-names.ts'
import type { AccountChecks } from './account-checks.ts'
import type { Accounts, KnownAccount } from './accounts.ts'
import { endOwnSessions } from './end-own-sessions.ts'
import { listSessions } from './list-sessions.ts'
import type { OwnSession, OwnSessions } from './own-session.ts'
import { browserOf } from './sign-ins.ts'
import { hasEnded } from './standing.ts'

export interface OwnSessionParts {
  readonly issuer: string
  readonly accounts: Accounts
  readonly checks: Pick<AccountChecks, 'signedIn' | 'signIns'>
  /** Sealed. */
  readonly store: Store
  readonly settings: { readonly lifetimes: LifetimeSettings }
  readonly gate: Pick<AccessGate, 'allowsPage' | 'couldAsk'>
  readonly risk: Pick<AccessRisk, 'visit'>
  readonly clock: Clock
}

/** @param current the library's instance of the moment */
export function createOwnSessions(current: () => Provider, parts: OwnSessionParts): OwnSessions {
  const { accounts, checks, gate, clock } = parts
  const proofs = createProofs({ store: parts.store, lifetimes: parts.settings.lifetimes })
  const seconds = () => Math.floor(clock.now() / 1000)
  return {
    find: async (ctx) => {
      const { accountId, loginTs, uid, amr = [] } = await current().Session.get(ctx)
      if (accountId === undefined || loginTs === undefined) return undefined
      const account = await standing(parts, accountId, { at: loginTs, session: uid })
      if (account === undefined) return undefined
      await parts.risk.visit(ctx, { accountId, account, uid })
      // The sign-in that follows says which policy it was, and asks for what is missing.
      const person = personOf({ accountId, account })
      if (!(await gate.allowsPage(ctx, { person, uid, amr, signedInAt: loginTs }))) return undefined
      const shownAt = lastFactor(await proofs.of(uid, accountId))
      const factor = shownAt !== undefined && { factorAge: seconds() - shownAt }
      return { accountId, account, age: seconds() - loginTs, ...factor }
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
        checks.signedIn(accountId, account, { at, session: uid, ...browserOf(ctx) }),
      ])
    },
    shown: async (ctx, accountId, shown) => {
      const { uid } = await current().Session.get(ctx)
      const at = seconds()
      await proofs.add(
        uid,
        accountId,
        shown.map((proof) => ({ ...proof, at })),
      )
    },
    ...endOwnSessions(current, parts),
    list: (ctx, accountId) => listSessions(current(), parts, ctx, accountId),
    signInUrl: (username) =>
      signInUrl(parts, ownPasswordPath, {
        prompt: 'login',
        ...(username !== undefined && { login_hint: username }),
      }),
    signInFor: (path, asked) =>
      signInUrl(parts, path, {
        ...(asked && { max_age: String(asked.within) }),
        ...(asked?.strength !== undefined && { acr_values: asked.strength }),
      }),
    mayRegister: async (ctx, session) => {
      const { uid, amr = [], loginTs: signedInAt = 0 } = await current().Session.get(ctx)
      const userAction = 'urn:user:registersecurityinfo'
      return gate.allowsPage(ctx, { person: personOf(session), uid, amr, signedInAt, userAction })
    },
    couldBeAsked: (session) => gate.couldAsk(personOf(session)),
    appNames: (ids) => appNames(current(), ids),
  }
}

/** What is known of somebody whose sign-in still counts. */
async function standing(
  { accounts }: Pick<OwnSessionParts, 'accounts'>,
  accountId: string,
  signIn: { readonly at: number; readonly session: string },
): Promise<KnownAccount | undefined> {
  const [account, ended] = await Promise.all([accounts.find(accountId), accounts.ended(accountId)])
  return hasEnded(ended, signIn) ? undefined : account
}

function personOf({ accountId, account }: Pick<OwnSession, 'accountId' | 'account'>): Person {
  return { sub: accountId, claims: account.claims }
}

const factors: ReadonlySet<Proof['method']> = new Set([
  'passkey',
  'totp',
  'temporaryAccessPass',
  'recoveryCode',
])

/** Seconds since the epoch. */
function lastFactor(proofs: readonly Proof[]): number | undefined {
  const times = proofs.filter(({ method }) => factors.has(method)).map(({ at }) => at)
  return times.length === 0 ? undefined : Math.max(...times)
}

function signInUrl(
  { issuer, clock }: Pick<OwnSessionParts, 'issuer' | 'clock'>,
  path: AccountPath,
  more: Readonly<Record<string, string>>,
): string {
  const url = new URL('/authorize', issuer)
  url.search = new URLSearchParams({
    client_id: accountClientId,
    redirect_uri: issuer + path,
    response_type: 'code',
    scope: 'openid',
    // What it would be the hash of, nobody knows: so nobody can redeem the code.
    code_challenge: clock.randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
    ...more,
  }).toString()
  return url.href
}
