import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import type { ConditionalAccess } from '../access/conditional-access.ts'
import type { Decision } from '../access/decision.ts'
import type { Person } from '../access/person.ts'
import { type AccessRefusal, refusalOf } from '../access/refusal.ts'
import { requestContext } from '../http/request-context.ts'
import type { LifetimeSettings } from '../settings.ts'
import { type AccessEntry, type AccessStep, accessEntry } from '../signin-log/access-entry.ts'
import {
  circumstancesOf,
  circumstancesOfPage,
  rememberedCircumstances,
} from './access-circumstances.ts'
import { createAccessDecisions } from './access-decisions.ts'
import { isTokenSource, type TokenSource, whyNoTokens } from './access-to-tokens.ts'
import { accountClientId } from './account-client.ts'
import { isPast } from './lifetimes.ts'

/**
 * Where policies stand in the way of the library: at every authorization, fresh sign-in or not,
 * also one for a device; and whenever tokens are asked for.
 */
export interface AccessGate {
  /** What stands in the way of an authorization, if something does. It is in the log then. */
  refusal(ctx: KoaContextWithOIDC): AccessRefusal | undefined
  /** Whether the session has to begin anew, for this app and now. */
  isTooOld(ctx: KoaContextWithOIDC): boolean
  /** Remembers how the person came, and in the log that they were let in. */
  accept(ctx: KoaContextWithOIDC): void
  /** @throws InvalidGrant (RFC 6749 section 5.2) if there are to be no tokens */
  tokens(ctx: KoaContextWithOIDC, account: Account, source: TokenSource): Promise<void>
  /** Whether somebody with a session may see pages of ours that ask for no authorization. */
  allowsPage(ctx: Context, person: Person): boolean
  /** Seconds that an access token may be valid, at most; `undefined` if no policy says. */
  readonly tokenLifetime: (ctx: { readonly req: IncomingMessage } | undefined) => number | undefined
}

export interface AccessGateParts {
  readonly policies: Omit<ConditionalAccess, 'stop'>
  readonly record: (entry: AccessEntry) => void
  /** Sealed. */
  readonly store: Store
  readonly lifetimes: LifetimeSettings
  readonly clock: Clock
}

export function createAccessGate(parts: AccessGateParts): AccessGate {
  const { policies, clock } = parts
  const decisions = createAccessDecisions(policies)
  const remembered = rememberedCircumstances(parts)
  const record = recorder(parts.record)
  return {
    refusal: (ctx) => {
      const decision = decisions.here(ctx)
      const refusal = decision && refusalOf(decision)
      if (decision && refusal) record(ctx, 'authorization', decision)
      return refusal
    },
    isTooOld: (ctx) => {
      const limit = decisions.here(ctx)?.session.signInFrequency?.value
      const { session, result } = ctx.oidc
      return limit !== undefined && !result?.login && isPast(session?.loginTs, limit, clock)
    },
    accept: (ctx) => {
      const decision = decisions.here(ctx)
      if (decision === undefined) return
      record(ctx, 'authorization', decision)
      const { session, entities } = ctx.oidc
      // The library's word for a cookie that ends with the browser.
      if (session && decision.session.persistentBrowser?.value === 'never') session.transient = true
      if (entities.Grant?.jti) remembered.save(entities.Grant.jti, circumstancesOf(ctx))
    },
    tokens: async (ctx, account, source) => {
      if (policies.isEmpty() || !isTokenSource(source)) return
      const circumstances = await remembered.at(ctx, source.grantId)
      const decision = decisions.remembered(ctx, account, circumstances)
      if (decision === undefined) return
      record(ctx, source.kind === 'RefreshToken' ? 'refresh' : 'tokens', decision, account)
      const refusal = whyNoTokens(decision, source, clock)
      if (refusal) throw refusal
    },
    allowsPage: (ctx, person) => {
      const page = { app: accountClientId, clientAppType: 'browser' } as const
      const decision = policies.decide({ ...circumstancesOfPage(ctx), ...page, person })
      return decision === undefined || refusalOf(decision) === undefined
    },
    tokenLifetime: (ctx) => ctx && decisions.made(ctx)?.session.tokenLifetime?.value,
  }
}

type Record = (
  ctx: KoaContextWithOIDC,
  step: AccessStep,
  decision: Decision,
  account?: Account,
) => void

function recorder(write: (entry: AccessEntry) => void): Record {
  return (ctx, step, decision, account = ctx.oidc.account) => {
    const { reference, clientAddress } = requestContext(ctx)
    const who = { clientId: ctx.oidc.client?.clientId ?? '', sub: account?.accountId ?? '' }
    write(accessEntry({ reference, clientAddress, ...who, step }, decision))
  }
}
