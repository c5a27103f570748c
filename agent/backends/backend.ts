import type { Outcome } from '../../shared/outcome.ts'

/**
 * PORT. What an agent asks about a person: one method. A backend that can do more says so by
 * having the method of an optional capability; nobody has to write a method that only refuses.
 *
 * Expected results, a dead directory included, are outcomes. A backend throws only what nobody
 * foresaw, and the agent then answers `unavailable`, `misconfigured`.
 *
 * A backend that holds connections also has `[Symbol.asyncDispose]`, called once after the last
 * question has been answered.
 */
export interface PasswordBackend {
  verify(credentials: Credentials): Promise<BackendAnswer>
}

/** Optional: a backend that can change passwords, and whose settings let it. */
export interface PasswordChanger {
  /**
   * Changes the password of the person who knows the old one, also where that has expired or must
   * be changed: `ok` with who it is. Whoever cannot be told from a stranger is `wrongOldPassword`.
   */
  changePassword(change: PasswordChange): Promise<BackendAnswer>
}

/** Optional: a backend that knows how an account is without being shown its password. */
export interface AccountLookup {
  /**
   * `ok` with the account as it is now, `unknownUser` if it is gone, or why nobody may use it. That
   * it is locked for a while, or that its password has expired, ends no session and is not said.
   */
  lookUp(sought: SoughtAccount): Promise<BackendAnswer>
}

export interface SoughtAccount {
  /** The directory's immutable id, as in the account of an earlier answer. */
  readonly id: string
  readonly signal: AbortSignal
}

export interface PasswordChange extends Credentials {
  readonly newPassword: string
}

export interface Credentials {
  /** As the person typed it, trimmed, with any suffix: `alice@corp.example`. */
  readonly username: string
  /** The same without the realm's suffix: `alice`. */
  readonly localName: string
  /** Never empty when it comes from the agent; a backend refuses an empty one all the same. */
  readonly password: string
  /** When the question's time is up; a backend gives up by then. */
  readonly signal: AbortSignal
}

export interface BackendAnswer {
  readonly outcome: Outcome
  /** The server that answered, for the log: `ldaps://dc1.corp.example:636`. */
  readonly directory?: string
  /** With `unavailable`: no directory was asked to accept the password, nor ever will be. */
  readonly notTried?: true
}
