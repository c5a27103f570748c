import { changeRefusedNames, outcomeText } from '../../shared/outcome.ts'
import { factorMessage } from '../mfa/messages.ts'
import type { InputProblem, NotOk, Problem } from './problem.ts'

/** PURE. What a person may be told about a problem. */
export interface Message {
  readonly text: string
  /** Whether it is about what stands in the page's field. */
  readonly isInvalid: boolean
  /** Which field that is, on a page that has several; the first unless given. */
  readonly field?: 'password' | 'newPassword'
  /** For the help desk, where there is something in the log to look up. */
  readonly reference?: string
}

/** How a password is changed where that cannot be done here, in the organization's words. */
export interface PasswordHelp {
  /** Where it is turned off. */
  readonly passwordHelp?: string
  /** Where the directory permits it to nobody here, or not for this person. */
  readonly passwordRefusedHelp?: string
}

export function messageOf(problem: Problem, help: PasswordHelp = {}): Message {
  if ('outcome' in problem) return messageOfOutcome(problem, help)
  if ('factor' in problem) {
    // A passkey stands in no field.
    const isInvalid = problem.method !== 'passkey'
    return { text: factorMessage(problem.factor, problem.method), isInvalid }
  }
  const { input } = problem
  const field = aboutNew.has(input) ? 'newPassword' : 'password'
  return { text: texts[input], isInvalid: input !== 'otherUsername', field }
}

function messageOfOutcome(
  { outcome, reference, isChange, isPasskey }: Extract<Problem, { readonly outcome: NotOk }>,
  help: PasswordHelp,
): Message {
  if (isPasskey) return { text: passkeyText(outcome), isInvalid: false, reference }
  const text = outcomeText(outcome).publicText
  if (saysWrongPassword(outcome)) return { text, isInvalid: true, field: 'password' }
  if (changeNames.has(outcome.name)) {
    return { text, isInvalid: true, field: 'newPassword', reference }
  }
  if (isChange && outcome.name === 'unavailable') {
    return { text: changedOrNot, isInvalid: false, reference }
  }
  return { text: [text, ...elsewhereAfter(outcome, help)].join(' '), isInvalid: false, reference }
}

function elsewhereAfter({ name }: NotOk, help: PasswordHelp): readonly string[] {
  const { passwordHelp, passwordRefusedHelp } = help
  if (name === 'notPermitted') return [changedElsewhere(passwordRefusedHelp ?? passwordHelp)]
  const isElsewhere = name === 'passwordExpired' || name === 'mustChangePassword'
  return isElsewhere ? [changedElsewhere(passwordHelp)] : []
}

// An answer may be lost after the directory has changed it. Who then types the old one again must
// not be left with an account of which no password seems to be right.
const changedOrNot =
  'We could not find out whether your password was changed. Try again in a moment. If the old one is not right then, it was changed: sign in with the new one.'

/** What there is to say without a password. Whoever reads it has the passkey, and is no stranger. */
function passkeyText(outcome: NotOk): string {
  if (outcome.name === 'unknownUser') {
    return 'The account of this passkey is not there any more. Ask your help desk.'
  }
  if (outcome.name === 'unavailable' && outcome.reason === 'cannotLookUp') {
    return 'A passkey alone is not enough for your account. Enter your user name, then your password.'
  }
  // A backend that says so of an account that was looked up does not know what it was asked.
  const isNoAnswer = outcome.name === 'unavailable' || saysWrongPassword(outcome)
  return isNoAnswer ? notLookedUp : outcomeText(outcome).publicText
}

const notLookedUp =
  'We could not look up your account just now, which does not mean that anything is wrong with your passkey. Please try again in a moment.'

/** That a password cannot be changed here, and what to do instead. */
export function changedElsewhere(help: string = askTheHelpDesk): string {
  return `It cannot be changed here. ${help}`
}

// Where the organization has not said how.
const askTheHelpDesk = 'Change it the way your organization has for that, or ask your help desk.'

const aboutNew: ReadonlySet<string> = new Set<InputProblem>([
  'noNewPassword',
  'newPasswordsDiffer',
  'samePassword',
  'newPasswordTooLong',
  'banned',
  'containsName',
  'breached',
])

const changeNames: ReadonlySet<string> = new Set(
  changeRefusedNames.filter((name) => name !== 'wrongOldPassword' && name !== 'notPermitted'),
)

const texts: Readonly<Record<InputProblem, string>> = {
  noUsername: 'Enter your user name.',
  badUsername: 'That is not a user name. Check it for characters that do not belong there.',
  // Says what a full name looks like, but not which suffixes there are.
  unknownSuffix:
    'We do not know where this user name belongs. Enter it in full, with what comes after the @, like name@company.example.',
  noPassword: 'Enter your password.',
  noNewPassword: 'Enter the new password twice.',
  newPasswordsDiffer: 'The two new passwords are not the same. Enter the new one twice.',
  samePassword: 'The new password is the old one. Choose another one.',
  newPasswordTooLong: 'The new password is too long. Choose a shorter one.',
  banned:
    'The new password is too easy to guess: there is little in it but common words. Choose another one.',
  containsName: 'The new password has a name in it, yours or ours. Choose another one.',
  breached: 'The new password is known from a data breach elsewhere. Choose another one.',
  otherUsername:
    'The user name was changed in another window. Check that it is yours, then enter your password.',
}

// These answers have to be the same to the last byte, or the page would say who has an account.
function saysWrongPassword({ name }: NotOk): boolean {
  return name === 'wrongPassword' || name === 'unknownUser' || name === 'wrongOldPassword'
}
