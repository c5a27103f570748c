import type { Feature } from '../http/feature.ts'
import { requestContext } from '../http/request-context.ts'
import type { Begun, SecondFactors } from '../mfa/second-factors.ts'
import type { Interactions } from '../oidc/interaction.ts'
import type { Attempt } from './attempt.ts'
import type { FormSteps, Visit } from './form-step.ts'
import type { PasskeyStep } from './passkey-step.ts'

export interface PasskeyFormParts {
  readonly interactions: Pick<Interactions, 'load' | 'foresee' | 'finishLogin'>
  readonly factors: Pick<SecondFactors, 'begin'>
  readonly checkPasskey: PasskeyStep
}

/**
 * Signing in with a passkey in place of a user name. It is offered where the name is asked for and
 * on no page after that: there the provider knows a name, and nothing on a page may depend on
 * whether its owner has a passkey, or anybody could find out who has none.
 */
export function passkeyForms(parts: PasskeyFormParts): FormSteps {
  return {
    passkey: {
      // The passkey says who it is. A name that has been typed in another window is nothing to it.
      at: ['username', 'password', 'newPassword'],
      run: async (visit) =>
        visit.interaction.demand ? visit.attempt : signInByPasskey(parts, visit),
    },
  }
}

async function signInByPasskey(
  { interactions, checkPasskey }: PasskeyFormParts,
  { ctx, form, interaction, attempt }: Visit,
): Promise<Attempt | undefined> {
  const { reference, clientAddress } = requestContext(ctx)
  const foresee = await interactions.foresee(ctx)
  const result = await checkPasskey({
    form,
    secondOpinion: (person) => foresee(person).includes('secondOpinion'),
    clientId: interaction.client.id,
    reference,
    clientAddress,
  })
  if (result.accountId === undefined) {
    const { username } = attempt
    return { ...(username !== undefined && { username }), problem: result.problem }
  }
  await interactions.finishLogin(ctx, result)
  return undefined
}

/** A challenge for whoever it is; `undefined` where browsers know no passkeys. */
export async function beginPasskey({
  factors,
}: Pick<PasskeyFormParts, 'factors'>): Promise<Begun | undefined> {
  const begun = await factors.begin({ purpose: 'verify', method: 'passkey' })
  return 'refused' in begun ? undefined : begun
}

/** Where a page that has been open for some minutes gets a challenge that is not too old. */
export function freshChallenges(parts: PasskeyFormParts): Feature {
  return {
    mount: (router) => {
      router.get('/interaction/:uid/passkey-challenge', async (ctx) => {
        await parts.interactions.load(ctx)
        const begun = await beginPasskey(parts)
        if (begun === undefined) return
        ctx.set('Cache-Control', 'no-store')
        ctx.body = { challenge: begun.id, options: begun.shown['options'] }
      })
    },
  }
}
