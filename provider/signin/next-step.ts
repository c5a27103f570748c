import type { Control } from '../access/decision.ts'
import type { Demand, Interaction, Refusal } from '../oidc/interaction.ts'
import type { Attempt, ChangeReason } from './attempt.ts'
import type { FactorAttempt } from './factors/factor-attempt.ts'
import type { Told } from './factors/told.ts'

/** What comes next in a sign-in. `grant` asks nothing of the person. */
export type Step =
  | { readonly name: 'username' }
  | { readonly name: 'password'; readonly username: string; readonly realm: string }
  | {
      readonly name: 'newPassword'
      readonly username: string
      readonly realm: string
      readonly because: ChangeReason
    }
  | { readonly name: 'expiresSoon'; readonly days: number }
  /** To whoever has shown a passkey: of wrong answers before. */
  | { readonly name: 'passkeyNotice'; readonly told: Told }
  /** Of somebody who is signed in: for a second agent, or since the last time was too long ago. */
  | { readonly name: 'passwordAgain'; readonly username: string; readonly realm: string }
  /** It has to be looked up what second factors they have. */
  | { readonly name: 'findFactors'; readonly demand: Demand }
  | FactorStep<'secondFactor', 'verify'>
  | FactorStep<'chooseFactor', 'choose'>
  | FactorStep<'enrolFactor', 'enrol'>
  | FactorStep<'guessingNotice', 'notice'>
  | FactorStep<'passkeyNudge', 'nudge'>
  | FactorStep<'offerCodes', 'offerCodes'>
  | FactorStep<'recoveryCodes', 'codes'>
  | { readonly name: 'terms'; readonly terms: string }
  | { readonly name: 'consent' }
  | { readonly name: 'grant' }
  /** Policies stand in the way; there is nothing to do here but to leave. */
  | { readonly name: 'refused'; readonly refusal: Refusal }

export type StepName = Step['name']

interface FactorStep<N extends string, S extends FactorAttempt['stage']> {
  readonly name: N
  readonly demand: Demand
  readonly factor: Extract<FactorAttempt, { readonly stage: S }>
}

/**
 * PURE. The one place that decides which page a person sees. Steps do not call each other: each
 * changes the attempt, and this looks at what came of it.
 */
export function nextStep(
  interaction: Pick<Interaction, 'prompt' | 'client' | 'demand' | 'refusal'>,
  attempt: Attempt,
): Step {
  if (interaction.refusal !== undefined) return { name: 'refused', refusal: interaction.refusal }
  if (interaction.demand !== undefined) return demanded(interaction.demand, attempt)
  if (interaction.prompt === 'consent') {
    return { name: interaction.client.firstParty ? 'grant' : 'consent' }
  }
  const { username, realm, told } = attempt
  if (told !== undefined) return { name: 'passkeyNotice', told }
  if (username === undefined || realm === undefined) return { name: 'username' }
  const { mustChange: because, accepted } = attempt
  if (because !== undefined) return { name: 'newPassword', username, realm, because }
  if (accepted !== undefined) return { name: 'expiresSoon', days: accepted.days }
  return { name: 'password', username, realm }
}

/** Who it is, is known by now. */
function demanded(demand: Demand, { factor }: Attempt): Step {
  const { control, username, realm } = demand
  const terms = termsIn(control)
  if (terms !== undefined) return { name: 'terms', terms }
  if (control === 'passwordChange') {
    return { name: 'newPassword', username, realm, because: 'policy' }
  }
  if (control === 'secondOpinion') return { name: 'passwordAgain', username, realm }
  return factor === undefined ? { name: 'findFactors', demand } : factorStep(demand, factor)
}

function factorStep(demand: Demand, factor: FactorAttempt): Step {
  switch (factor.stage) {
    case 'verify':
      return { name: 'secondFactor', demand, factor }
    case 'choose':
      return { name: 'chooseFactor', demand, factor }
    case 'enrol':
      return { name: 'enrolFactor', demand, factor }
    case 'notice':
      return { name: 'guessingNotice', demand, factor }
    case 'nudge':
      return { name: 'passkeyNudge', demand, factor }
    case 'offerCodes':
      return { name: 'offerCodes', demand, factor }
    case 'codes':
      return { name: 'recoveryCodes', demand, factor }
    case 'password':
      return { name: 'passwordAgain', username: demand.username, realm: demand.realm }
    case 'refused': {
      const { reasons } = demand
      const refusal = {
        because: 'unmet',
        policies: [],
        reasons,
        reference: factor.reference,
      } as const
      return { name: 'refused', refusal }
    }
  }
}

/** PURE. The name of the terms that a control is about. */
export function termsIn(control: Control): string | undefined {
  const prefix = 'termsOfUse:'
  return control.startsWith(prefix) ? control.slice(prefix.length) : undefined
}
