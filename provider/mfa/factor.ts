/**
 * PORT. One kind of second proof. Implementations: `totp.ts`, `passkey.ts`, `recovery-codes.ts`,
 * `temporary-access-pass.ts`; `second-factors.ts` is the door to all of them.
 *
 * A factor decides about one answer. It keeps nothing: what a person has is in the factor store,
 * guessing is counted by the door, and so is that a challenge is answered once.
 */
export interface Factor {
  readonly method: FactorMethod
  /** What begins an enrolment or a proof. */
  challenge(asked: Asked): Promise<Challenge>
  /** The answer to a challenge of `enrol`: what to keep from now on, or why not. */
  enrol(answer: Answer): Promise<{ readonly enrolled: Enrolment } | Refused>
  /** The answer to a challenge of `verify`: which of the person's factors it was, or why not. */
  verify(answer: Answer): Promise<{ readonly proof: FactorProof } | Refused>
  /**
   * Of a method whose answers say whose they are: what an enrolment gave as `knownAs`. By it the
   * door finds the person of an answer to a challenge that was for nobody in particular, and what
   * that person has registered.
   */
  knownAs?(form: Answer['form']): string | undefined
}

export type FactorMethod = (typeof factorMethods)[number]

/** The strongest first: in this order they are offered and asked for. */
export const factorMethods = ['passkey', 'totp', 'temporaryAccessPass', 'recoveryCode'] as const

/** Whose factor it is. */
export interface FactorPerson {
  /** Their `sub`. */
  readonly sub: string
  /** As they know themselves: it stands in their authenticator. */
  readonly username: string
  readonly displayName?: string
}

export interface Asked {
  readonly purpose: 'enrol' | 'verify'
  /** Left out if whoever sits there has not said: a passkey then says it for them. */
  readonly person?: FactorPerson
  /** What the person has of this method. */
  readonly registered: readonly RegisteredFactor[]
}

export interface Challenge {
  /** For the page: what the person reads, or their browser is asked. */
  readonly shown: Readonly<Record<string, unknown>>
  /** To be remembered until the answer, sealed, and shown to nobody. */
  readonly expected: string
}

export interface Answer extends Asked {
  /** What the challenge said to expect. */
  readonly expected: string
  /** The form that the person sent. */
  readonly form: ReadonlyMap<string, string>
}

/** Something a person has, as it is kept: sealed, under a key of their own. */
export interface RegisteredFactor {
  readonly id: string
  readonly method: FactorMethod
  /** What the person calls it. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly lastUsedAt?: number
  /**
   * The method's own: a secret, a public key, hashes. JSON. Two numbers in it mean the same for all,
   * and people are shown them: `left`, how often it can still be used, and `ends`, milliseconds
   * since the epoch.
   */
  readonly data: Readonly<Record<string, unknown>>
}

/** What an enrolment comes to. */
export interface Enrolment {
  /** A name to begin with: the authenticator's, say. */
  readonly name: string
  readonly data: RegisteredFactor['data']
  /** RFC 8176 values of what it has shown by the way: whoever sets something up has it at hand. */
  readonly amr: readonly string[]
  /** What the person sees once and never again: recovery codes. */
  readonly shownOnce?: readonly string[]
  /** A name that answers carry and that is this person's alone: a user handle. */
  readonly knownAs?: string
}

export interface FactorProof {
  readonly factor: RegisteredFactor
  /** RFC 8176 values. */
  readonly amr: readonly string[]
  /** The factor's data from now on, if it changed: a signature counter. */
  readonly data?: RegisteredFactor['data']
  /** What of the answer may be used once: of any number that name it, one counts. */
  readonly once?: Once
}

export interface Once {
  readonly name: string
  /** Milliseconds. */
  readonly remember: number
}

export interface Refused {
  readonly refused: FactorRefusal
  /** What may not be used from now on, either: a code whose time has not come. */
  readonly once?: Once
}

/** Why an answer does not count. One closed list; `messages.ts` has the words for each. */
export type FactorRefusal = (typeof factorRefusals)[number]

export const factorRefusals = [
  /** Not a code of this person's, or a signature of another key. Counts as a guess. */
  'wrong',
  /** A code that has been used. Counts as a guess. */
  'used',
  /** The right code of some minutes ago or ahead: the device's clock is off. Counts as a guess. */
  'clockOff',
  /** The challenge was too long ago, or was answered before. */
  'expired',
  /** The page was on another site: RFC 6454 origin, or relying party id. */
  'wrongOrigin',
  /** The authenticator's counter went back: there may be a copy of it. */
  'cloned',
  /** No finger, face or PIN was asked for. */
  'notVerified',
  /** This kind of authenticator is not allowed here. */
  'notAllowed',
  /** The person has it already. */
  'alreadyThere',
  /** The person has as many as one may have. */
  'tooMany',
  /** Too many wrong answers: wait. */
  'tooManyTries',
  /** What was sent is not an answer at all. */
  'malformed',
] as const
