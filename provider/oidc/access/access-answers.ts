import type { IncomingMessage } from 'node:http'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../../shared/clock.ts'
import { type AccessAnswer, accessAnswer } from '../../access/access-answer.ts'
import type { Control, Decision, Requirement } from '../../access/decision.ts'
import { outstanding, type Shown } from '../../access/outstanding.ts'
import type { AccessDecisions } from './access-decisions.ts'
import { askedAcr } from './asked-acr.ts'
import { fresh, joined, type Proof, type Proofs } from './proofs.ts'
import { putOffIn } from './put-off.ts'
import { allShown, metControls, type StepUp } from './step-up.ts'

/** What becomes of an authorization, by what policies and the app ask for and what was shown. */
export interface Answered {
  readonly answer: AccessAnswer
  readonly decision?: Decision
  /** All that counts for this authorization. */
  readonly proofs: readonly Proof[]
  /** What the session has shown, for good. */
  readonly shown: readonly Proof[]
  /** The controls that are met by it. */
  readonly satisfied: readonly Control[]
}

export interface AccessAnswers {
  /** Once for each request, however often it is asked. */
  of(ctx: KoaContextWithOIDC): Promise<Answered>
  /** What it came to, if it was asked for. */
  made(ctx: { readonly req: IncomingMessage }): Answered | undefined
}

export interface AccessAnswerParts {
  readonly decisions: AccessDecisions
  readonly proofs: Proofs
  readonly stepUp: StepUp
  /** Authentication contexts that policies know. */
  readonly contexts: () => ReadonlySet<string>
  readonly clock: Clock
}

export function createAccessAnswers(parts: AccessAnswerParts): AccessAnswers {
  const underway = new WeakMap<IncomingMessage, Promise<Answered>>()
  const made = new WeakMap<IncomingMessage, Answered>()
  return {
    of: (ctx) => {
      const known = underway.get(ctx.req)
      if (known) return known
      const answering = answerOf(parts, ctx)
      underway.set(ctx.req, answering)
      return answering.then((answered) => {
        made.set(ctx.req, answered)
        return answered
      })
    },
    made: ({ req }) => made.get(req),
  }
}

const nothing: Answered = { answer: { next: 'nothing' }, proofs: [], shown: [], satisfied: [] }

async function answerOf(parts: AccessAnswerParts, ctx: KoaContextWithOIDC): Promise<Answered> {
  const { account, session } = ctx.oidc
  if (account === undefined || session === undefined) return nothing
  const decision = parts.decisions.here(ctx)
  const asked = strengthsAsked(parts, ctx)
  if (decision === undefined && asked === undefined && hasPasswordAlone(ctx)) return nothing

  const kept = await parts.proofs.of(session.uid, account.accountId)
  const [now, oldest] = [parts.clock.now() / 1000, oldestAsked(parts, ctx)]
  // A proof of this very sign-in counts, however often a policy wants one.
  const counts = (list: readonly Proof[]) =>
    fresh(list, decision?.session ?? {}, now).filter(({ at }) => now - at <= oldest)
  const { shown, proofs } = await shownTo(parts, ctx, {
    requirements: requirementsOf(decision, asked),
    proofs: joined(counts(kept), proofsIn(ctx)),
    counts,
  })
  const answer = decision ? accessAnswer(decision, shown) : nothing.answer
  return {
    ...(decision && { decision }),
    answer: withAsked(answer, asked, shown),
    proofs,
    shown: joined(kept, proofsIn(ctx)),
    satisfied: shown.satisfied,
  }
}

function requirementsOf(
  decision: Decision | undefined,
  asked: Asked | undefined,
): readonly Requirement[] {
  return [...(decision?.requirements ?? []), ...(asked ? [asked.requirement] : [])]
}

function hasPasswordAlone(ctx: KoaContextWithOIDC): boolean {
  const references = ctx.oidc.session?.amr ?? []
  return proofsIn(ctx).length === 0 && references.every((reference) => reference === 'pwd')
}

interface Counting {
  readonly requirements: readonly Requirement[]
  readonly proofs: readonly Proof[]
  /** Those that are not too old. */
  readonly counts: (proofs: readonly Proof[]) => readonly Proof[]
}

async function shownTo(
  { stepUp }: AccessAnswerParts,
  ctx: KoaContextWithOIDC,
  { requirements, proofs: counting, counts }: Counting,
): Promise<{ readonly shown: Shown; readonly proofs: readonly Proof[] }> {
  const { session, account } = ctx.oidc
  const controls = [...new Set(requirements.flatMap((requirement) => requirement.controls))]
  const sub = account?.accountId ?? ''
  const metBy = (proofs: readonly Proof[]) =>
    metControls(stepUp, allShown(session?.amr ?? [], proofs))
  if (controls.length === 0) {
    return { shown: { satisfied: metBy(counting), available: [] }, proofs: counting }
  }
  const [standing, available, putOff] = await Promise.all([
    stepUp.standing(ctx, sub, controls),
    stepUp.available(sub, controls),
    putOffIn(stepUp, { sub, requirements, proofs: counting }),
  ])
  const proofs = joined(counting, counts(standing.proofs))
  const satisfied = [...metBy(proofs), ...standing.controls]
  return { shown: { satisfied, available, ...putOff }, proofs }
}

/** `max_age` is about all that an app asks for: a strength or context as well as the sign-in (RFC 9470). */
function oldestAsked(
  { stepUp, contexts }: Pick<AccessAnswerParts, 'stepUp' | 'contexts'>,
  ctx: KoaContextWithOIDC,
): number {
  const limit = ctx.oidc.params?.['max_age']
  const isMore = askedAcr(ctx).values.some(
    (value) => stepUp.strengths.includes(value) || contexts().has(value),
  )
  return isMore && limit !== undefined ? Number(limit) : Infinity
}

interface Asked {
  readonly requirement: Requirement
  readonly essential: boolean
}

/** Any of the strengths that the app names will do. Contexts are for policies to answer. */
function strengthsAsked(
  { stepUp, contexts }: AccessAnswerParts,
  ctx: KoaContextWithOIDC,
): Asked | undefined {
  const { values, essential } = askedAcr(ctx)
  const strengths = values.filter((value) => stepUp.strengths.includes(value))
  if (strengths.length === 0) {
    if (essential && !values.some((value) => contexts().has(value))) throw unmet()
    return undefined
  }
  const controls = strengths.map((name) => `authenticationStrength:${name}` as Control)
  return { requirement: { policy: 'acr', operator: 'OR', controls }, essential }
}

/**
 * What the app asks for comes after what the organization does. What cannot be had is left out,
 * unless the app says that it is nothing without (OpenID Connect Core 1.0 section 5.5.1.1).
 */
function withAsked(answer: AccessAnswer, asked: Asked | undefined, shown: Shown): AccessAnswer {
  if (answer.next !== 'nothing' || asked === undefined) return answer
  const open = outstanding([asked.requirement], shown)
  if (open.next === 'ask') return { next: 'ask', control: open.control, reasons: [] }
  if (open.next === 'refuse' && asked.essential) throw unmet()
  return answer
}

/** OpenID Connect Core Error Code unmet_authentication_requirements 1.0. */
function unmet(): Error {
  return new errors.UnmetAuthenticationRequirements('what acr asks for cannot be shown here')
}

/** What was shown on our pages in the course of this authorization. */
export function proofsIn({ oidc }: KoaContextWithOIDC): readonly Proof[] {
  return (oidc.result?.['proofs'] ?? []) as readonly Proof[]
}

/** `acr` and `amr` of what is about to be issued (RFC 8176), and only what is true of them. */
export function authenticationOf(
  { stepUp, contexts }: Pick<AccessAnswerParts, 'stepUp' | 'contexts'>,
  ctx: KoaContextWithOIDC,
  { proofs, shown }: Answered,
): { readonly acr: string | undefined; readonly amr: readonly string[] } {
  const before = ctx.oidc.session?.amr ?? []
  const strengths = stepUp.met(allShown(before, shown))
  const several = strengths.length > 0 ? ['mfa'] : []
  const amr = [...new Set([...before, ...shown.flatMap((proof) => proof.amr), ...several])]
  const met = stepUp.met(allShown(before, proofs))
  const acr = askedAcr(ctx).values.find((value) => met.includes(value) || contexts().has(value))
  return { acr: acr ?? met.at(-1), amr }
}
