import type { Context } from 'koa'
import type { Form } from '../http/form.ts'
import type { Interaction } from '../oidc/interaction.ts'
import type { Attempt } from './attempt.ts'
import type { StepName } from './next-step.ts'

/** One form of the sign-in. */
export interface FormStep {
  /** At which steps it counts; at any other it is left from an old page, and ignored. */
  readonly at: readonly StepName[]
  /** The attempt after it. `undefined`: the sign-in is over and the browser on its way. */
  run(visit: Visit): Promise<Attempt | undefined>
}

/** By the last part of its address. */
export type FormSteps = Readonly<Record<string, FormStep>>

/** A form that has been sent, and what it belongs to. */
export interface Visit {
  readonly ctx: Context
  readonly form: Form
  readonly interaction: Interaction
  readonly attempt: Attempt
}
