import type { Outcome } from '../../shared/outcome.ts'

/** Asks one agent of a realm whether a password is right. */
export interface Broker {
  /**
   * Total: whatever happens on the way is an outcome. Rejects only with `busDown` or `storeDown`.
   * Takes at most the deadline, 8 s.
   */
  verify(asked: Asked): Promise<Answer>
  /** Stops listening for replies and heartbeats. */
  stop(): Promise<void>
}

export interface Asked {
  readonly realm: string
  /** As typed, trimmed, with its suffix. */
  readonly username: string
  readonly password: string
  /** The number the person is shown if it fails. */
  readonly reference: string
}

export interface Answer {
  readonly outcome: Outcome
  readonly requestId: string
  readonly agent?: string
  /** The directory server that answered, as the agent names it. */
  readonly directory?: string
  readonly milliseconds: number
}
