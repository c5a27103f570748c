import type { Context } from 'koa'
import type { Interaction as InteractionDetails, KoaContextWithOIDC } from 'oidc-provider'
import type { Store } from '../../../shared/store.ts'
import type { AccessAttempt } from '../../access/conditional-access.ts'
import { platformOf } from '../../access/platform.ts'
import { requestContext } from '../../http/request-context.ts'
import type { LifetimeSettings } from '../../settings.ts'
import { accountLifetime } from '../lifetimes.ts'
import { meanwhile } from '../storage/meanwhile.ts'
import { type RiskSignals, riskIn, riskSince } from './access-risk.ts'
import { askedAcr, askedAcrIn } from './asked-acr.ts'
import type { Proof } from './proofs.ts'

/**
 * How a person came to an app, as far as a browser in front of us shows it. It is kept with what
 * they are given, since an app's server that asks for new tokens is not where the person is.
 */
export type Circumstances = Pick<
  AccessAttempt,
  | 'address'
  | 'platform'
  | 'authenticationContexts'
  | 'authenticationFlow'
  /** Told by the app and what it asked for, unless given. */
  | 'clientAppType'
> &
  RiskSignals

/** With what they have shown by then. */
export interface Remembered extends Circumstances {
  readonly proofs?: readonly Proof[]
}

/** Of a request that a browser has made of the library. */
export function circumstancesOf(ctx: KoaContextWithOIDC): Circumstances {
  return {
    ...browserOf(ctx),
    authenticationContexts: askedAcr(ctx).values,
    authenticationFlow: isForDevice(ctx) ? 'deviceCodeFlow' : 'none',
  }
}

/** Of a browser that shows a page of a sign-in, of which the request is kept. */
export function circumstancesOfSignIn(
  ctx: Context,
  { params, deviceCode }: Pick<InteractionDetails, 'params' | 'deviceCode'>,
): Circumstances {
  return {
    ...browserOf(ctx),
    authenticationContexts: askedAcrIn(params).values,
    authenticationFlow: deviceCode === undefined ? 'none' : 'deviceCodeFlow',
  }
}

/** Of a browser that shows a page of ours, which asks for no contexts. */
export function circumstancesOfPage(ctx: Context): Circumstances {
  return { ...browserOf(ctx), authenticationContexts: [], authenticationFlow: 'none' }
}

/**
 * Of somebody who has told an app their password: what we see is the app's server, and nothing of
 * where the person is or what they sit at.
 */
export const circumstancesOfPassword: Circumstances = {
  clientAppType: 'other',
  authenticationContexts: [],
  authenticationFlow: 'none',
}

function browserOf(ctx: KoaContextWithOIDC | Context): Circumstances {
  const platform = platformOf(
    ctx.get('sec-ch-ua-platform') || undefined,
    ctx.get('user-agent') || undefined,
  )
  return { ...addressOf(ctx), ...(platform !== undefined && { platform }), ...riskIn(ctx) }
}

function addressOf(ctx: Context | KoaContextWithOIDC): Pick<Circumstances, 'address'> {
  const { personAddress: address } = requestContext(ctx)
  return address === undefined ? {} : { address }
}

/** @param parts.store sealed: it says where people were */
export function rememberedCircumstances(parts: {
  readonly store: Store
  readonly lifetimes: LifetimeSettings
}): {
  /** By the grant, which all tokens of an app and a person come from. Done when the answer is. */
  save(grantId: string, remembered: Remembered): void
  /** At a request for tokens; of what nothing is known, everything is left out. */
  at(ctx: KoaContextWithOIDC, grantId: string | undefined): Promise<Remembered>
} {
  const { store } = parts
  const lifetime = accountLifetime(parts.lifetimes) * 1000
  return {
    save: (grantId, remembered) =>
      void meanwhile(store.set(key(grantId), JSON.stringify(remembered), lifetime)),
    at: async (ctx, grantId) => {
      const found = grantId === undefined ? undefined : await store.get(key(grantId))
      const kept = riskSince(ctx, found === undefined ? {} : (JSON.parse(found) as Remembered))
      // An app that keeps no secret runs where the person is, so its request comes from there now.
      // One that does asks from a server of its own.
      if (ctx.oidc.client?.clientAuthMethod !== 'none') return kept
      const { address: _then, ...others } = kept
      return { ...others, ...addressOf(ctx) }
    },
  }
}

function key(grantId: string): string {
  return `access:${grantId}`
}

function isForDevice({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.route === 'code_verification' || oidc.route === 'device_resume'
}
