import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { requestContext } from '../http/request-context.ts'
import type { AccessGate } from './access-gate.ts'
import type { Refusal } from './interaction.ts'

/** The name of the prompt under which a person is told that policies stand in the way. */
export const refusedPrompt = 'refused'

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
    (ctx) => {
      const refusal = gate.refusal(ctx)
      if (refusal === undefined) return false
      refusals.set(ctx, { ...refusal, reference: requestContext(ctx).reference })
      return true
    },
    (ctx) => ({ refusal: refusals.get(ctx) }),
  )
  return new interactionPolicy.Prompt({ name: refusedPrompt, requestable: false }, check)
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
