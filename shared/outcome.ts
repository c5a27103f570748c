import type { Account } from './account.ts'

/**
 * Every expected result of asking a directory about a person: one closed list, used by agent,
 * provider, pages, log and docs alike. An outcome is a value and is never thrown.
 */
export type Outcome =
  | { readonly name: 'ok'; readonly account: Account }
  | { readonly name: RefusedName }
  | { readonly name: ChangeRefusedName }
  | {
      readonly name: 'unavailable'
      readonly reason: UnavailableReason
      /** For the operator's log only: a result code, a host, an errno. Never a name or a password. */
      readonly detail?: string
    }

/** The directory answered, and the answer is no. */
export type RefusedName =
  | 'wrongPassword'
  | 'unknownUser'
  | 'passwordExpired'
  | 'mustChangePassword'
  | 'accountLocked'
  | 'accountDisabled'
  | 'accountExpired'
  | 'notNow'

/** The directory was asked to change a password, and did not. */
export type ChangeRefusedName =
  | 'wrongOldPassword'
  | 'tooShort'
  | 'tooSimple'
  | 'inHistory'
  | 'tooRecent'
  | 'banned'
  | 'notPermitted'

/** Nobody could say yes or no. Never counted as a wrong password, never locks anyone. */
export type UnavailableReason =
  | 'noAgent'
  | 'noSecondAgent'
  | 'agentTimeout'
  | 'agentLost'
  | 'directoryDown'
  | 'directoryTimeout'
  | 'overloaded'
  | 'clockSkew'
  | 'cannotDecrypt'
  | 'serviceAccount'
  | 'misconfigured'
  | 'cannotLookUp'

interface OutcomeText {
  /** Stable for ever: it stands in logs, docs and support tickets. */
  readonly code: string
  /** What the person reads. Tells an attacker nothing that a wrong password would not. */
  readonly publicText: string
  /** What the operator reads in the log: what happened and where to look. */
  readonly operatorText: string
}

// One text for both, so that the page never says which names exist.
const wrongNameOrPassword = 'The user name or password is not right. Check both and try again.'

// The person can do the same about each of these: wait, and give the number to the help desk.
const tryLater =
  'We could not check your password just now, which does not mean that it is wrong. Please try again in a moment.'

const refused: Record<RefusedName, OutcomeText> = {
  wrongPassword: {
    code: 'PST-101',
    publicText: wrongNameOrPassword,
    operatorText: 'the directory refused the password',
  },
  unknownUser: {
    code: 'PST-102',
    publicText: wrongNameOrPassword,
    operatorText: 'no account, or more than one, matches the user name',
  },
  passwordExpired: {
    code: 'PST-103',
    publicText: 'Your password has expired.',
    operatorText: 'the password is right but has expired',
  },
  mustChangePassword: {
    code: 'PST-104',
    publicText: 'Your password must be changed before you can sign in.',
    operatorText: 'the password is right but must be changed at first use',
  },
  accountLocked: {
    code: 'PST-105',
    publicText:
      'Your account is locked. Wait a while and try again, or ask your help desk to unlock it.',
    operatorText: 'the directory has locked the account',
  },
  accountDisabled: {
    code: 'PST-106',
    publicText: 'Your account is turned off. Ask your help desk.',
    operatorText: 'the account is disabled in the directory',
  },
  accountExpired: {
    code: 'PST-107',
    publicText: 'Your account has come to its end date. Ask your help desk.',
    operatorText: 'the account has expired in the directory',
  },
  notNow: {
    code: 'PST-108',
    publicText: 'Your account may not sign in at this time or from here.',
    operatorText:
      'logon hours or workstation limits refuse the account; check that agents are allowed',
  },
}

const changeRefused: Record<ChangeRefusedName, OutcomeText> = {
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
    operatorText: "the new password does not meet the directory's rules for complexity",
  },
  inHistory: {
    code: 'PST-154',
    publicText: 'You have had this password before. Choose one that you have not used.',
    operatorText: 'the new password is among the last ones that the directory remembers',
  },
  tooRecent: {
    code: 'PST-155',
    publicText: 'Your password was changed a short while ago and cannot be changed again yet.',
    operatorText: "the directory's minimum age of passwords is not over",
  },
  banned: {
    code: 'PST-156',
    publicText:
      'The new password is too easy to guess: it has a common word, or a name. Choose another one.',
    operatorText: 'the new password is banned, has a name in it, or is known from a breach',
  },
  notPermitted: {
    code: 'PST-157',
    publicText: 'Your password was not changed.',
    operatorText:
      "changes are turned off at the agent, or the directory permits none to the agent's service account",
  },
}

const unavailable: Record<UnavailableReason, OutcomeText> = {
  noAgent: {
    code: 'PST-201',
    publicText: tryLater,
    operatorText: 'no live agent serves this realm; start one, or look at its heartbeat',
  },
  agentTimeout: {
    code: 'PST-202',
    publicText: tryLater,
    operatorText: 'no agent answered before the deadline',
  },
  agentLost: {
    code: 'PST-203',
    publicText: tryLater,
    operatorText:
      'the agent took the request and then fell silent; the directory may have been asked',
  },
  directoryDown: {
    code: 'PST-204',
    publicText: tryLater,
    operatorText: 'the agent cannot reach its directory',
  },
  directoryTimeout: {
    code: 'PST-205',
    publicText: tryLater,
    operatorText: 'the directory did not answer the agent in time',
  },
  overloaded: {
    code: 'PST-206',
    publicText: tryLater,
    operatorText: 'agents or directory are at their limit',
  },
  clockSkew: {
    code: 'PST-207',
    publicText: tryLater,
    operatorText: "the agent's clock is too far from the provider's; set both by NTP",
  },
  cannotDecrypt: {
    code: 'PST-208',
    publicText: tryLater,
    operatorText: 'the agent cannot open the request; it restarted, or holds another key',
  },
  serviceAccount: {
    code: 'PST-209',
    publicText: tryLater,
    operatorText: "the agent's service account is refused by the directory",
  },
  misconfigured: {
    code: 'PST-210',
    publicText: tryLater,
    operatorText: "the agent's settings do not fit the directory",
  },
  noSecondAgent: {
    code: 'PST-211',
    publicText: tryLater,
    operatorText:
      'two agents have to agree about this sign-in, and no second one is live; start one',
  },
  cannotLookUp: {
    code: 'PST-212',
    publicText: tryLater,
    operatorText:
      "the agent's backend cannot look accounts up without a password, so nothing is known of this one",
  },
}

const ok: OutcomeText = {
  code: 'PST-100',
  publicText: 'You are signed in.',
  operatorText: 'the directory accepted the password',
}

/** The names and reasons in one list, for wire checks and generated documentation. */
export const refusedNames: readonly RefusedName[] = Object.keys(refused) as RefusedName[]
export const changeRefusedNames: readonly ChangeRefusedName[] = Object.keys(
  changeRefused,
) as ChangeRefusedName[]
export const unavailableReasons: readonly UnavailableReason[] = Object.keys(
  unavailable,
) as UnavailableReason[]

const allRefused = { ...refused, ...changeRefused }

/** Code, public and operator text of any outcome. Total: every outcome has one. */
export function outcomeText(outcome: Outcome): OutcomeText {
  if (outcome.name === 'ok') return ok
  if (outcome.name === 'unavailable') return unavailable[outcome.reason]
  return allRefused[outcome.name]
}
