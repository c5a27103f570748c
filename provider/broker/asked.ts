import type { Account } from '../../shared/account.ts'
import type { Outcome } from '../../shared/outcome.ts'

/** What the broker is asked about a password. */
export interface Asked extends Asking {
  /** As typed, trimmed, with its suffix. */
  readonly username: string
  readonly password: string
  /** The directory shall change `password` into this one. */
  readonly newPassword?: string
}

/** What it is asked about an account, without its password. */
export interface AskedLookup extends Asking {
  /** The directory's immutable id. */
  readonly accountId: string
}

interface Asking {
  readonly realm: string
  /** The number the person is shown if it fails. */
  readonly reference: string
  /** Ask for a second opinion whatever the realm's settings say; or about whom to. */
  readonly secondOpinion?: boolean | ((account: Account) => boolean)
}

/** What came of it. */
export interface Answer {
  readonly outcome: Outcome
  readonly requestId: string
  readonly agent?: string
  /** The directory server that answered, as the agent names it. */
  readonly directory?: string
  /** The other agent, if two had to agree. */
  readonly second?: SecondAnswer
  readonly milliseconds: number
}

export interface SecondAnswer {
  readonly agent: string
  readonly requestId: string
  readonly directory?: string
}
