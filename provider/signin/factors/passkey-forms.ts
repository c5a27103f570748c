import type { Clock } from '../../../shared/clock.ts'
import type { Feature } from '../../http/feature.ts'
import { requestContext } from '../../http/request-context.ts'
import type { Begun, SecondFactors } from '../../mfa/second-factors.ts'
import type { Interactions } from '../../oidc/interaction.ts'
import type { Attempt } from '../attempt.ts'
import type { FormSteps, Visit } from '../form-step.ts'
import { guessingNoticePage } from '../pages/guessing-notice.ts'
import type { Drawings } from '../show.ts'
import type { PasskeyStep } from './passkey-step.ts'

export interface PasskeyFormParts {
  readonly interactions: Pick<Interactions, 'load' | 'foresee' | 'finishLogin'>
  readonly factors: Pick<SecondFactors, 'begin' | 'takeNotice'>
  readonly checkPasskey: PasskeyStep
  readonly clock: Pick<Clock, 'now'>
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
    'passkey-notice-read': {
      at: ['passkeyNotice'],
      run: async ({ ctx, attempt }) => {
        if (attempt.told === undefined) return attempt
        await parts.interactions.finishLogin(ctx, attempt.told.signedIn)
        return undefined
      },
    },
  }
}

async function signInByPasskey(
  { interactions, factors, checkPasskey, clock }: PasskeyFormParts,
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
  const notice = await factors.takeNotice(result.accountId)
  if (notice !== undefined) {
    return { told: { notice, signedIn: { ...result, at: clock.now() } } }
  }
  await interactions.finishLogin(ctx, result)
  return undefined
}

/** What somebody who has shown a passkey may have to be told before the sign-in goes on. */
export const passkeyDrawings: Drawings<'passkeyNotice'> = {
  passkeyNotice: ({ told: { notice, signedIn } }, { common }) => {
    const { signedInAs: username = '' } = signedIn.account
    return guessingNoticePage({ ...common, username, notice, form: 'passkey-notice-read' })
  },
}

/** A challenge for whoever it is; `undefined` where browsers know no passkeys. */
export async function beginPasskey({
  factors,
}: {
  readonly factors: Pick<SecondFactors, 'begin'>
}): Promise<Begun | undefined> {
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
