import type { Account } from './account.ts'
import type { Outcome, OutcomeText } from './outcome.ts'

/**
 * Every expected result of changing a person's password in a directory: one closed list, used by
 * agent, provider, pages, log and docs alike, as `outcome.ts` is for sign-ins.
 */
export type ChangeOutcome =
  /** With who it is, so that the sign-in goes on without typing the new password again. */
  | { readonly name: 'changed'; readonly account: Account }
  | { readonly name: ChangeRefusedName }
  | Extract<Outcome, { name: 'unavailable' }>

/** The directory answered, and the answer is no. */
export type ChangeRefusedName =
  | 'wrongOldPassword'
  | 'tooShort'
  | 'tooSimple'
  | 'inHistory'
  | 'tooRecent'
  | 'notPermitted'
  | 'accountLocked'
  | 'accountDisabled'
  | 'accountExpired'

const refused: Record<ChangeRefusedName, OutcomeText> = {
  wrongOldPassword: {
    code: 'PST-151',
    publicText: 'The old password is not right. Check it and try again.',
    operatorText: 'the directory refused the old password, or nobody has the user name',
  },
  tooShort: {
    code: 'PST-152',
    publicText: 'The new password is too short. Choose a longer one.',
    operatorText: 'the new password is shorter than the directory allows',
  },
  tooSimple: {
    code: 'PST-153',
    publicText:
      'The new password is too simple. Mix small and capital letters, digits and other signs, and leave out your name.',
    operatorText: 'the new password does not meet the directory’s rules for complexity',
  },
  inHistory: {
    code: 'PST-154',
    publicText: 'You have had this password before. Choose one that you have not used.',
    operatorText: 'the new password is among the last ones that the directory remembers',
  },
  tooRecent: {
    code: 'PST-155',
    publicText: 'Your password was changed a short while ago and cannot be changed again yet.',
    operatorText: 'the directory’s minimum age of passwords is not over',
  },
  notPermitted: {
    code: 'PST-156',
    publicText: 'Your password cannot be changed here. Ask your help desk.',
    operatorText:
      'the directory lets nobody change this password, or not the agent’s service account',
  },
  accountLocked: {
    code: 'PST-157',
    publicText: 'Your account is locked. Wait a while and try again, or ask your help desk.',
    operatorText: 'the directory has locked the account',
  },
  accountDisabled: {
    code: 'PST-158',
    publicText: 'Your account is turned off. Ask your help desk.',
    operatorText: 'the account is disabled in the directory',
  },
  accountExpired: {
    code: 'PST-159',
    publicText: 'Your account has come to its end date. Ask your help desk.',
    operatorText: 'the account has expired in the directory',
  },
}

const changed: OutcomeText = {
  code: 'PST-150',
  publicText: 'Your password has been changed.',
  operatorText: 'the directory accepted the new password',
}

/** Code, public and operator text of a change that was tried. */
export function changeText({ name }: Exclude<ChangeOutcome, { name: 'unavailable' }>): OutcomeText {
  return name === 'changed' ? changed : refused[name]
}

/** All of them, for wire checks and generated documentation. */
export const changeRefusedNames: readonly ChangeRefusedName[] = Object.keys(
  refused,
) as ChangeRefusedName[]
