import { outcomeText } from '../../shared/outcome.ts'
import type { InputProblem, NotOk, Problem } from './problem.ts'

/** PURE. What a person may be told about a problem. */
export interface Message {
  readonly text: string
  /** Whether it is about what stands in the page's field. */
  readonly isInvalid: boolean
  /** For the help desk, where there is something in the log to look up. */
  readonly reference?: string
}

export function messageOf(problem: Problem): Message {
  if ('input' in problem) {
    return { text: texts[problem.input], isInvalid: problem.input !== 'otherUsername' }
  }
  const text = outcomeText(problem.outcome).publicText
  if (saysWrongPassword(problem.outcome)) return { text, isInvalid: true }
  return { text, isInvalid: false, reference: problem.reference }
}

const texts: Readonly<Record<InputProblem, string>> = {
  noUsername: 'Enter your user name.',
  badUsername: 'That is not a user name. Check it for characters that do not belong there.',
  // Says what a full name looks like, but not which suffixes there are.
  unknownSuffix:
    'We do not know where this user name belongs. Enter it in full, with what comes after the @, like name@company.example.',
  noPassword: 'Enter your password.',
  otherUsername:
    'The user name was changed in another window. Check that it is yours, then enter your password.',
}

// These two answers have to be the same to the last byte, or the page would say who has an account.
function saysWrongPassword({ name }: NotOk): boolean {
  return name === 'wrongPassword' || name === 'unknownUser'
}
