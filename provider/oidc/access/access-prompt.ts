import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Control, Decision } from '../../access/decision.ts'
import { requestContext } from '../../http/request-context.ts'
import { realmOfSub } from '../accounts/accounts.ts'
import type { Demand, Refusal } from '../interaction.ts'
import type { Answered } from './access-answers.ts'
import { knownOf } from './access-decisions.ts'
import type { AccessGate } from './access-gate.ts'
import { rememberDays } from './proofs.ts'
import { allShown } from './step-up.ts'

/** The names of the prompts under which a person is told no, or asked for more. */
export const refusedPrompt = 'refused'
export const stepUpPrompt = 'step_up'

/**
 * After each sign-in, and whenever a session is used for an app: a person who is not let in is told
 * so on a page of ours, from which they go back to the app; with `prompt=none` the app hears it at
 * once. Either way its error is `access_denied` (RFC 6749 section 4.1.2.1).
 */
export function accessPrompt(gate: AccessGate): interactionPolicy.Prompt {
  const check = new interactionPolicy.Check(
    'refused_by_policy',
    refusedDescription,
    'access_denied',
    async (ctx) => {
      const { answer } = await gate.answer(ctx)
      if (answer.next !== 'refuse') return false
      refusals.set(ctx, { ...answer.refusal, reference: requestContext(ctx).reference })
      return true
    },
    (ctx) => ({ refusal: refusals.get(ctx) }),
  )
  return new interactionPolicy.Prompt({ name: refusedPrompt, requestable: false }, check)
}

/**
 * Then whatever else is missing, one thing at a time: who has shown a second factor for one app is
 * not asked for it by the next. An app that may not ask, with `prompt=none`, hears
 * `interaction_required` (OpenID Connect Core 1.0 section 3.1.2.6).
 */
export function stepUpPromptOf(gate: AccessGate): interactionPolicy.Prompt {
  const check = new interactionPolicy.Check(
    'more_is_asked_for',
    'more than the password is asked for',
    'interaction_required',
    async (ctx) => (await gate.answer(ctx)).answer.next === 'ask',
    async (ctx) => ({ demand: demandOf(ctx, await gate.answer(ctx)) }),
  )
  return new interactionPolicy.Prompt({ name: stepUpPrompt, requestable: false }, check)
}

function demandOf(
  { oidc }: KoaContextWithOIDC,
  { answer, proofs, decision }: Answered,
): Demand | undefined {
  const { account, session } = oidc
  if (answer.next !== 'ask' || account === undefined) return undefined
  const { accountId: sub } = account
  const { control, reasons, skips } = answer
  const { signedInAs: username = '' } = knownOf(account)
  const { amr = [], loginTs } = session ?? {}
  const hasPassword = amr.includes('pwd') && loginTs !== undefined
  return {
    control,
    reasons,
    sub,
    username,
    realm: realmOfSub(sub),
    shown: allShown(amr, proofs),
    // Sessions know whole seconds. By the end of its second, or a password that was asked for again
    // at once would be too old to count.
    ...(hasPassword && { passwordAt: loginTs * 1000 + 999 }),
    ...daysFor(control, decision),
    ...(skips !== undefined && { skips }),
  }
}

/** A remembered browser does for `mfa`, and for nothing that says what has to be shown. */
function daysFor(control: Control, decision: Decision | undefined): Pick<Demand, 'rememberDays'> {
  const days = control === 'mfa' && decision ? rememberDays(decision.session) : 0
  return days > 0 ? { rememberDays: days } : {}
}

/** For the app. Which policy it was is for the person and the log. */
export const refusedDescription = 'a policy of the organization does not allow it'

const refusals = new WeakMap<KoaContextWithOIDC, Refusal>()

/** The sign-in of the session was too long ago for what a policy wants: it is done again. */
export function tooOldForPolicy(gate: AccessGate): interactionPolicy.Check {
  return new interactionPolicy.Check(
    'sign_in_too_old',
    'a policy of the organization asks for a fresh sign-in',
    'login_required',
    (ctx) => gate.isTooOld(ctx),
  )
}
