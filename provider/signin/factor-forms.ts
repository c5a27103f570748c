import type { SecondFactors } from '../mfa/second-factors.ts'
import type { Interactions } from '../oidc/interaction.ts'
import type { Attempt } from './attempt.ts'
import type { FactorAttempt } from './factor-attempt.ts'
import { chooseOther, enrol, giveCodes, goOn, setUp } from './factor-enrolment.ts'
import { prove, useOther } from './factor-proof.ts'
import type { FactorStage } from './factor-stage.ts'
import type { FindFactorsParts } from './find-factors.ts'
import type { FormStep, FormSteps } from './form-step.ts'

export interface FactorFormParts extends FindFactorsParts {
  readonly interactions: Pick<Interactions, 'mayRegister' | 'finishStepUp'>
  readonly factors: SecondFactors
}

/** Showing a second factor, and setting one up on the way. */
export function factorForms(parts: FactorFormParts): FormSteps {
  const at = atStage(parts)
  return {
    'second-factor': { at: ['secondFactor'], run: at('verify', prove) },
    'other-factor': { at: ['secondFactor'], run: at('verify', useOther) },
    enrol: { at: ['chooseFactor'], run: at('choose', setUp) },
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
    run: (at: FactorStage<S>) => Promise<Attempt | undefined>,
  ): FormStep['run'] => {
    return async ({ ctx, form, interaction: { demand }, attempt }) => {
      const { factor } = attempt
      if (demand === undefined || factor?.stage !== stage) return attempt
      return run({ parts, ctx, form, demand, factor: factor as FactorStage<S>['factor'] })
    }
  }
}
