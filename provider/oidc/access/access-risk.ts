import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../../shared/clock.ts'
import type { AccessAttempt } from '../../access/conditional-access.ts'
import { requestContext } from '../../http/request-context.ts'
import { deviceOf, nameDevice } from '../../risk/device-cookie.ts'
import type { Arrival, Measured, Risk } from '../../risk/risk.ts'
import { scoreText } from '../../risk/score.ts'
import type { LoggedRisks } from '../../signin-log/access-entry.ts'
import { accountClientId } from '../account-client.ts'
import type { KnownAccount } from '../accounts/accounts.ts'
import { meanwhile } from '../storage/meanwhile.ts'

/**
 * Measures risk before policies are asked about a request; what came of it stays with the request.
 * Nothing is done as long as no policy has a condition on risk.
 */
export interface AccessRisk {
  /** At an authorization: somebody has just signed in, or a session goes on. */
  arrive(ctx: KoaContextWithOIDC, account: Account): Promise<void>
  /** At a refresh: of the person alone, since they are not here. */
  renew(ctx: KoaContextWithOIDC, account: Account): Promise<void>
  /** At a page of ours. */
  visit(ctx: Context, visitor: Visitor): Promise<void>
  /** Policies have let somebody in. Done when the answer is. */
  accept(ctx: KoaContextWithOIDC): void
}

export interface Visitor {
  readonly accountId: string
  readonly account: KnownAccount
  /** The session's, which stays. */
  readonly uid: string
}

export type RiskSignals = Pick<AccessAttempt, 'signInRisk' | 'userRisk' | 'riskBecause'>

/** @param risk nothing is measured unless given */
export function createAccessRisk(risk: Risk | undefined, clock: Clock): AccessRisk {
  async function measure(ctx: Context | KoaContextWithOIDC, arrived: Arrival): Promise<void> {
    if (risk?.isAsked()) measured.set(ctx.req, await risk.measure(arrived))
  }
  return {
    arrive: async (ctx, account) => {
      const { session, client } = ctx.oidc
      const app = client && { app: client.clientId }
      const visitor = { ...visitorOf(account), uid: session?.uid ?? '' }
      await measure(ctx, { ...arrivalOf(ctx, visitor), ...app, isFresh: isFresh(ctx, visitor) })
    },
    renew: async (ctx, account) => {
      if (!risk?.isAsked()) return
      renewed.set(ctx.req, await risk.userNow(personOf(visitorOf(account))))
    },
    visit: async (ctx, visitor) =>
      measure(ctx, { ...arrivalOf(ctx, visitor), app: accountClientId, isFresh: false }),
    accept: (ctx) => {
      const known = measured.get(ctx.req)
      if (risk === undefined || known === undefined) return
      const secondFactor = ctx.oidc.session?.amr?.includes('mfa') === true
      const device = nameDevice(ctx, clock)
      void meanwhile(risk.letIn(known, { device, secondFactor }))
    },
  }
}

type Signals = Pick<Measured, 'signIn' | 'user'>

const measured = new WeakMap<IncomingMessage, Measured>()
const renewed = new WeakMap<IncomingMessage, NonNullable<Measured['user']>>()

/** For policies; empty, which is unknown, where nothing was measured. */
export function riskIn({ req }: { readonly req: IncomingMessage }): RiskSignals {
  const { signIn, user }: Partial<Signals> = measured.get(req) ?? {}
  const because = {
    ...(signIn && { signInRisk: scoreText(signIn) }),
    ...(user && { userRisk: scoreText(user) }),
  }
  return {
    ...(signIn && { signInRisk: signIn.level }),
    ...(user && { userRisk: user.level }),
    ...((signIn ?? user) && { riskBecause: because }),
  }
}

/**
 * What was measured when the person was here, with what has become known of them since. Never less:
 * a module of the customer's own may have had its part in it, and is not asked now.
 */
export function riskSince<T extends RiskSignals>(
  { req }: { readonly req: IncomingMessage },
  kept: T,
): T {
  const user = renewed.get(req)
  if (user === undefined || kept.userRisk === undefined) return kept
  if (levels.indexOf(user.level) <= levels.indexOf(kept.userRisk)) return kept
  const riskBecause = { ...kept.riskBecause, userRisk: scoreText(user) }
  return { ...kept, userRisk: user.level, riskBecause }
}

const levels = ['none', 'low', 'medium', 'high']

/** For the log. */
export function loggedRisk({ req }: { readonly req: IncomingMessage }): { risk?: LoggedRisks } {
  const known: Partial<Signals> = measured.get(req) ?? { user: renewed.get(req) }
  const { signIn, user } = known
  if (signIn === undefined && user === undefined) return {}
  return { risk: { ...(signIn && { signIn }), ...(user && { user }) } }
}

// Once for each sign-in: what comes after it, a consent say, brings its result along.
function isFresh({ oidc }: KoaContextWithOIDC, { accountId }: Pick<Visitor, 'accountId'>): boolean {
  const interaction = oidc.entities.Interaction
  const login = interaction?.result?.login
  return interaction?.prompt.name === 'login' && login?.accountId === accountId
}

function visitorOf(account: Account): Omit<Visitor, 'uid'> {
  const { known } = account as Account & { readonly known: KnownAccount }
  return { accountId: account.accountId, account: known }
}

function personOf({ accountId: sub, account }: Omit<Visitor, 'uid'>) {
  const { claims, signedInAs, passwordChangedAt } = account
  const names = [signedInAs, claims['preferred_username']].filter(
    (name) => typeof name === 'string',
  )
  return { sub, names, ...(passwordChangedAt !== undefined && { passwordChangedAt }) }
}

function arrivalOf(
  ctx: Context | KoaContextWithOIDC,
  visitor: Visitor,
): Omit<Arrival, 'isFresh' | 'app'> {
  const device = deviceOf(ctx)
  const { personAddress: address } = requestContext(ctx)
  const userAgent = ctx.get('user-agent')
  return {
    ...personOf(visitor),
    session: visitor.uid,
    ...(address !== undefined && { address }),
    ...(device !== undefined && { device }),
    ...(userAgent !== '' && { userAgent }),
  }
}
