import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../../shared/clock.ts'
import type { Store } from '../../../shared/store.ts'
import type { ConditionalAccess } from '../../access/conditional-access.ts'
import type { Control, Decision } from '../../access/decision.ts'
import type { Person } from '../../access/person.ts'
import type { LifetimeSettings } from '../../settings.ts'
import type { AccessEntry } from '../../signin-log/access-entry.ts'
import { isPast } from '../lifetimes.ts'
import { createPasswordGate, type PasswordGate } from '../password-grant/password-gate.ts'
import { type Answered, authenticationOf, createAccessAnswers, proofsIn } from './access-answers.ts'
import { circumstancesOf, rememberedCircumstances } from './access-circumstances.ts'
import { createAccessDecisions, type ForeseenSignIn } from './access-decisions.ts'
import { createAccessRecorder } from './access-recorder.ts'
import { allowsPage, type PageSession } from './access-to-pages.ts'
import { createProofs, type Proof } from './proofs.ts'
import type { StepUp } from './step-up.ts'
import { createTokenGate, type TokenGate } from './token-gate.ts'

/**
 * This folder is where policies stand in the way of the library: at every authorization, fresh sign-in or not,
 * also one for a device; whenever tokens are asked for; and when a person tells an app their
 * password.
 */
export interface AccessGate {
  /** What stands in the way of an authorization, if something does. A refusal is in the log then. */
  answer(ctx: KoaContextWithOIDC): Promise<Answered>
  /** What a sign-in will be asked for, by whom it is of: so that nothing is typed twice. */
  foresees(signIn: ForeseenSignIn, person: Person): readonly Control[]
  /** Whether the session has to begin anew, for this app and now. */
  isTooOld(ctx: KoaContextWithOIDC): boolean
  /** Remembers how the person came and what they showed, and in the log that they were let in. */
  accept(ctx: KoaContextWithOIDC): void
  readonly tokens: TokenGate
  readonly password: PasswordGate
  /** Whether somebody with a session may see pages of ours that ask for no authorization. */
  allowsPage(ctx: Context, session: PageSession): Promise<boolean>
  /** What policies could ask of somebody, somewhere and at some time. */
  couldAsk(person: Person): readonly Control[]
  /** Seconds that an access token may be valid, at most; `undefined` if no policy says. */
  readonly tokenLifetime: (ctx: { readonly req: IncomingMessage } | undefined) => number | undefined
}

export interface AccessGateParts {
  readonly policies: Omit<ConditionalAccess, 'stop'>
  readonly record: (entry: AccessEntry) => void
  /** What people can be asked for beside their password. */
  readonly stepUp: StepUp
  /** Sealed. */
  readonly store: Store
  readonly lifetimes: LifetimeSettings
  readonly clock: Clock
}

export function createAccessGate(parts: AccessGateParts): AccessGate {
  const { policies, stepUp, clock } = parts
  const decisions = createAccessDecisions(policies)
  const proofs = createProofs(parts)
  const known = { stepUp, contexts: () => policies.contexts() }
  const answers = createAccessAnswers({ decisions, proofs, ...known, clock })
  const remembered = rememberedCircumstances(parts)
  const record = createAccessRecorder(parts.record)

  function acceptBy(decision: Decision, ctx: KoaContextWithOIDC, shown: readonly Proof[]): void {
    const { session, entities } = ctx.oidc
    // The library's word for a cookie that ends with the browser.
    const isBrief = decision.session.persistentBrowser?.value === 'never'
    if (session && isBrief) session.transient = true
    const grantId = entities.Grant?.jti
    if (grantId) remembered.save(grantId, { ...circumstancesOf(ctx), proofs: shown })
  }

  return {
    answer: async (ctx) => {
      const answered = await answers.of(ctx)
      const { answer, decision, satisfied: shown } = answered
      if (answer.next === 'refuse') {
        record(ctx, { step: 'authorization', isLetIn: false, decision, shown })
      }
      return answered
    },
    foresees: (signIn, person) =>
      (decisions.foreseen(signIn, person)?.requirements ?? []).flatMap(({ controls }) => controls),
    isTooOld: (ctx) => {
      const limit = decisions.here(ctx)?.session.signInFrequency?.value
      const { session, result } = ctx.oidc
      return limit !== undefined && !result?.login && isPast(session?.loginTs, limit, clock)
    },
    accept: (ctx) => {
      const answered = answers.made(ctx)
      const { session, account } = ctx.oidc
      if (answered === undefined || !session || !account) return
      const { decision, satisfied: shown, proofs: all } = answered
      record(ctx, { step: 'authorization', isLetIn: true, decision, shown, proofs: all })
      Object.assign(session, authenticationOf(known, ctx, answered))
      if (proofsIn(ctx).length > 0) proofs.save(session.uid, account.accountId, answered.shown)
      if (decision) acceptBy(decision, ctx, answered.proofs)
    },
    ...gatesOfTokens({ ...parts, decisions, remembered, record }),
    allowsPage: (ctx, session) => allowsPage({ policies, stepUp, proofs, clock }, ctx, session),
    couldAsk: (person) => policies.couldAsk(person),
    tokenLifetime: (ctx) => ctx && decisions.made(ctx)?.session.tokenLifetime?.value,
  }
}

type TokenGateParts = Parameters<typeof createTokenGate>[0]

function gatesOfTokens(parts: TokenGateParts): Pick<AccessGate, 'tokens' | 'password'> {
  return { tokens: createTokenGate(parts), password: createPasswordGate(parts) }
}
