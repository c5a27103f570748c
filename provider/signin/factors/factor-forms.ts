import type { PutOffs } from '../../mfa/put-offs.ts'
import type { SecondFactors } from '../../mfa/second-factors.ts'
import type { Interactions } from '../../oidc/interaction.ts'
import type { Attempt } from '../attempt.ts'
import type { FormStep, FormSteps } from '../form-step.ts'
import type { FactorAttempt } from './factor-attempt.ts'
import { chooseOther, enrol, giveCodes, goOn, putOff, setUp } from './factor-enrolment.ts'
import { followNudge, type OfferParts, silenceNudge } from './factor-offers.ts'
import { prove, useOther } from './factor-proof.ts'
import type { FactorStage } from './factor-stage.ts'
import type { FindFactorsParts } from './find-factors.ts'
import type { RememberParts } from './remember-browser.ts'

/**
 * This folder is the part of a sign-in that asks for a second factor, or lets people set one up on
 * the way, and for a passkey in place of a password. Here are the forms of what a policy asks for.
 */
export interface FactorFormParts extends FindFactorsParts, OfferParts, RememberParts {
  readonly interactions: Pick<Interactions, 'mayRegister' | 'finishStepUp'>
  readonly factors: SecondFactors
  readonly putOffs: PutOffs
}

/** Showing a second factor, and setting one up on the way. */
export function factorForms(parts: FactorFormParts): FormSteps {
  const at = atStage(parts)
  return {
    'second-factor': { at: ['secondFactor'], run: at('verify', prove) },
    'other-factor': { at: ['secondFactor'], run: at('verify', useOther) },
    enrol: {
      at: ['chooseFactor', 'passkeyNudge'],
      run: async (visit) => {
        const isNudge = visit.attempt.factor?.stage === 'nudge'
        return isNudge ? at('nudge', followNudge)(visit) : at('choose', setUp)(visit)
      },
    },
    'skip-enrolment': {
      at: ['chooseFactor', 'enrolFactor'],
      run: async (visit) => {
        const isChosen = visit.attempt.factor?.stage === 'enrol'
        return isChosen ? at('enrol', putOff)(visit) : at('choose', putOff)(visit)
      },
    },
    'passkey-later': { at: ['passkeyNudge'], run: at('nudge', goOn) },
    'passkey-never': { at: ['passkeyNudge'], run: at('nudge', silenceNudge) },
    'other-enrolment': { at: ['enrolFactor'], run: at('enrol', chooseOther) },
    enrolment: { at: ['enrolFactor'], run: at('enrol', enrol) },
    'notice-read': { at: ['guessingNotice'], run: at('notice', goOn) },
    'recovery-codes': { at: ['offerCodes'], run: at('offerCodes', giveCodes) },
    'no-codes': { at: ['offerCodes'], run: at('offerCodes', goOn) },
    'codes-kept': { at: ['recoveryCodes'], run: at('codes', goOn) },
  }
}

/** For forms of one stage; at any other, the attempt stays as it is. */
function atStage(parts: FactorFormParts) {
  return <S extends FactorAttempt['stage']>(
    stage: S,
    run: (at: FactorStage<S> & { readonly parts: FactorFormParts }) => Promise<Attempt | undefined>,
  ): FormStep['run'] => {
    return async ({ ctx, form, interaction, attempt }) => {
      const [{ demand }, { factor }] = [interaction, attempt]
      if (demand === undefined || factor?.stage !== stage) return attempt
      const found = factor as FactorStage<S>['factor']
      return run({ parts, ctx, form, interaction, demand, factor: found })
    }
  }
}
