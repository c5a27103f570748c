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
  type Circumstances,
  circumstancesOf,
  circumstancesOfPage,
  rememberedCircumstances,
} from './access-circumstances.ts'
import { createAccessDecisions, userNameOf } from './access-decisions.ts'
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
      if (decision && refusal) record(ctx, { step: 'authorization', isLetIn: false, decision })
      return refusal
    },
    isTooOld: (ctx) => {
      const limit = decisions.here(ctx)?.session.signInFrequency?.value
      const { session, result } = ctx.oidc
      return limit !== undefined && !result?.login && isPast(session?.loginTs, limit, clock)
    },
    accept: (ctx) => {
      const decision = decisions.here(ctx)
      record(ctx, { step: 'authorization', isLetIn: true, decision })
      if (decision === undefined) return
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
      const refusal = whyNoTokens(decision, source, clock)
      const step = source.kind === 'RefreshToken' ? 'refresh' : 'tokens'
      record(ctx, { step, isLetIn: refusal === undefined, decision, account, circumstances })
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

interface Judgement {
  readonly step: AccessStep
  readonly isLetIn: boolean
  /** Absent where there are no policies. */
  readonly decision: Decision | undefined
  /** Of the request, unless given. */
  readonly account?: Account
  readonly circumstances?: Circumstances
}

function recorder(
  write: (entry: AccessEntry) => void,
): (ctx: KoaContextWithOIDC, judgement: Judgement) => void {
  return (ctx, { step, isLetIn, decision, ...given }) => {
    const { account = ctx.oidc.account, circumstances = circumstancesOf(ctx) } = given
    const { reference, clientAddress } = requestContext(ctx)
    const { platform } = circumstances
    const about = {
      reference,
      clientAddress,
      clientId: ctx.oidc.client?.clientId ?? '',
      ...personOf(account),
      ...(platform !== undefined && { platform }),
      isFresh: ctx.oidc.result?.login !== undefined,
    }
    write(accessEntry({ ...about, step, isLetIn }, decision))
  }
}

function personOf(account: Account | undefined): Pick<AccessEntry, 'sub' | 'user'> {
  const user = account && userNameOf(account)
  return { sub: account?.accountId ?? '', ...(user !== undefined && { user }) }
}
