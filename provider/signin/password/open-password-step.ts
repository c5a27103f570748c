import { setTimeout as delay } from 'node:timers/promises'
import { createPasswordStep, type PasswordStep, type PasswordStepParts } from './password-step.ts'

export interface OpenPasswordStepParts extends Omit<PasswordStepParts, 'delay'> {
  /** A real timer unless a test holds it. */
  readonly delay?: PasswordStepParts['delay']
}

/** The one step that checks passwords, for pages and for apps. */
export function openPasswordStep(parts: OpenPasswordStepParts): PasswordStep {
  return createPasswordStep({ ...parts, delay: parts.delay ?? patience })
}

/** A refusal that is being held back must not hold up the end of the process. */
export function patience(milliseconds: number): Promise<unknown> {
  return delay(milliseconds, undefined, { ref: false })
}
