import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import type { ConditionalAccess } from '../access/conditional-access.ts'
import type { Control, Decision } from '../access/decision.ts'
import type { Person } from '../access/person.ts'
import type { UserAction } from '../access/policy.ts'
import type { LifetimeSettings } from '../settings.ts'
import type { AccessEntry } from '../signin-log/access-entry.ts'
import { type Answered, authenticationOf, createAccessAnswers, proofsIn } from './access-answers.ts'
import {
  circumstancesOf,
  circumstancesOfPage,
  rememberedCircumstances,
} from './access-circumstances.ts'
import { createAccessDecisions, type ForeseenSignIn } from './access-decisions.ts'
import { createAccessRecorder } from './access-recorder.ts'
import { isMetBy } from './access-to-tokens.ts'
import { accountClientId } from './account-client.ts'
import type { ShownProof } from './interaction.ts'
import { isPast } from './lifetimes.ts'
import { createPasswordGate, type PasswordGate } from './password-gate.ts'
import { createProofs, fresh, type Proof } from './proofs.ts'
import type { StepUp } from './step-up.ts'
import { createTokenGate, type TokenGate } from './token-gate.ts'

/**
 * Where policies stand in the way of the library: at every authorization, fresh sign-in or not,
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

export interface PageSession {
  readonly person: Person
  readonly uid: string
  /** RFC 8176. */
  readonly amr: readonly string[]
  /** Seconds since the epoch; left out in a sign-in, which is asked for itself how old it may be. */
  readonly signedInAt?: number
  /** What they are about to do there. */
  readonly userAction?: UserAction
  /** What they have shown in a sign-in that is under way, beside what the session has. */
  readonly proofs?: readonly ShownProof[]
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

/**
 * Seconds. Where a policy wants a sign-in every time, one is enough for a page of ours with all of
 * its requests: the first of them comes after the redirect from that very sign-in.
 */
const onePage = 300

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
      const { decision, satisfied: shown } = answered
      record(ctx, { step: 'authorization', isLetIn: true, decision, shown })
      Object.assign(session, authenticationOf(known, ctx, answered))
      if (proofsIn(ctx).length > 0) proofs.save(session.uid, account.accountId, answered.shown)
      if (decision) acceptBy(decision, ctx, answered.proofs)
    },
    ...gatesOfTokens({ ...parts, decisions, remembered, record }),
    allowsPage: async (ctx, { person, uid, amr, signedInAt, userAction, proofs: now = [] }) => {
      const page = { app: accountClientId, clientAppType: 'browser' } as const
      const action = userAction !== undefined && { userAction }
      const decision = policies.decide({ ...circumstancesOfPage(ctx), ...page, ...action, person })
      if (decision === undefined) return true
      const limit = decision.session.signInFrequency?.value
      const isChecked = limit !== undefined && signedInAt !== undefined
      if (isChecked && isPast(signedInAt, Math.max(limit, onePage), clock)) return false
      const shown = fresh(await proofs.of(uid, person.sub), decision.session, clock.now() / 1000)
      return isMetBy(stepUp, decision, { sub: person.sub, amr, proofs: [...shown, ...now] })
    },
    couldAsk: (person) => policies.couldAsk(person),
    tokenLifetime: (ctx) => ctx && decisions.made(ctx)?.session.tokenLifetime?.value,
  }
}

type TokenGateParts = Parameters<typeof createTokenGate>[0]

function gatesOfTokens(parts: TokenGateParts): Pick<AccessGate, 'tokens' | 'password'> {
  return { tokens: createTokenGate(parts), password: createPasswordGate(parts) }
}
