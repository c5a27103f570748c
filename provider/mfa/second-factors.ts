import type { Answer, Challenge, FactorMethod, FactorPerson, FactorRefusal } from './factor.ts'

/**
 * This folder is second proofs: what somebody shows besides a password, or in place of one. This
 * file is its door, `create-second-factors.ts` makes it. It keeps challenges, counts guesses for all processes together, and writes what
 * people register; the factors behind it (`factor.ts`) decide about answers and nothing else.
 *
 * No method touches the directory: a wrong code never counts towards a lock of the account there.
 * All throw `Fault('storeDown')`.
 */
export interface SecondFactors {
  /** What a person has, oldest first. */
  of(sub: string): Promise<readonly FactorView[]>

  /**
   * Begins a proof or an enrolment. The challenge can be answered for 5 minutes.
   * Refused: `tooMany` to enrol one more; `notAllowed` for a method that is not there, or that
   * nobody enrols for themselves (`temporaryAccessPass`).
   */
  begin(asked: Begin): Promise<Begun | FactorRefused>

  /**
   * Checks an answer to a challenge of `verify`. After 5 wrong ones of a person and method each
   * next one has to wait, longer every time, and is refused unread before (`tooManyTries`, `wait`).
   * A challenge that proved something is used up; after a refusal it can be answered again.
   */
  prove(answer: GivenAnswer): Promise<{ readonly proven: Proven } | FactorRefused>

  /** Checks an answer to a challenge of `enrol`, and registers the factor: wholly, or not at all. */
  enrol(answer: GivenAnswer): Promise<{ readonly enrolled: Enrolled } | FactorRefused>

  /**
   * A temporary access pass, by an admin; it replaces one that the person has. `enrolled.shownOnce`
   * has it. Refused `malformed`: a lifetime outside of 10 minutes to 30 days.
   */
  issuePass(
    person: FactorPerson,
    pass: NewPass,
  ): Promise<{ readonly enrolled: Enrolled } | FactorRefused>

  /** @returns false if the person has no such factor, or the name is empty or over 64 characters */
  rename(sub: string, id: string, name: string): Promise<boolean>

  /**
   * @param options.isNeeded a policy asks this person for a second factor: the last one stays.
   *   Recovery codes and passes do not count as one that is left. `lastOne` may also mean that
   *   another one is being removed at the same moment.
   */
  remove(sub: string, id: string, options: { isNeeded: boolean }): Promise<Removal>

  /** By an admin: all of them, and what was counted. @returns how many there were */
  reset(sub: string): Promise<number>

  /**
   * Once: that there were ten wrong answers in a row since this was last asked, which the person
   * has to be told at the end of a sign-in.
   */
  takeNotice(sub: string): Promise<GuessingNotice | undefined>
}

export type Removal = 'removed' | 'notThere' | 'lastOne'

/** What may be shown of a factor. Times are milliseconds since the epoch. */
export interface FactorView {
  readonly id: string
  readonly method: FactorMethod
  readonly name: string
  readonly createdAt: number
  readonly lastUsedAt?: number
  /** Recovery codes that have not been used. */
  readonly left?: number
  /** Of a temporary access pass. It may be over. */
  readonly ends?: number
}

export interface Begin {
  readonly purpose: 'enrol' | 'verify'
  readonly method: FactorMethod
  /** Left out if whoever sits there has not said who they are: for a passkey that says it. */
  readonly person?: FactorPerson
}

export interface Begun {
  /** For the form: unguessable, and good for this person, purpose and method alone. */
  readonly id: string
  /** For the page, see each factor. */
  readonly shown: Challenge['shown']
}

export interface GivenAnswer {
  /** `id` of what was begun. */
  readonly challenge: string
  /** Who has to be the one that it was begun for. Left out where it was begun for nobody. */
  readonly sub?: string
  readonly form: Answer['form']
  /**
   * When the password of this sign-in was checked, milliseconds since the epoch: one from before ten
   * wrong answers in a row does not do any more. Left out where none was asked for.
   */
  readonly passwordAt?: number
  /** What the person calls a new factor; a name is found for it unless given. */
  readonly name?: string
}

export interface Proven {
  /** Also where nobody had said who it is. */
  readonly person: FactorPerson
  readonly factor: FactorView
  /** RFC 8176, of this factor alone; `strengths.ts` joins those of a sign-in. */
  readonly amr: readonly string[]
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface Enrolled {
  readonly factor: FactorView
  /** RFC 8176: what it has shown already. */
  readonly amr: readonly string[]
  /** To be shown now and never again: recovery codes, a pass. */
  readonly shownOnce: readonly string[]
}

/** `messages.ts` has words for it. */
export interface FactorRefused {
  readonly refused: FactorRefusal
  /** Seconds until another answer is looked at. */
  readonly wait?: number
  /** Ten wrong answers in a row: whoever sits there has to show the password anew first. */
  readonly passwordAgain?: true
}

export interface NewPass {
  /** Minutes, 10 to 43,200. */
  readonly lifetime: number
  readonly isOnce: boolean
}

export interface GuessingNotice {
  readonly method: FactorMethod
  /** When the tenth was given, milliseconds since the epoch. */
  readonly at: number
}
