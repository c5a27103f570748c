/** A claim's value as the directory gave it, already under its OpenID Connect name. */
export type ClaimValue = string | number | boolean | readonly string[]

/** A person as the directory knows them at the moment the password was accepted. */
export interface Account {
  /**
   * The directory's immutable id (entryUUID, objectGUID, the `id` of a file entry). Never a name:
   * a name can be given to somebody else after its owner has left.
   */
  readonly id: string
  /** Claims by their OpenID Connect Core 1.0 section 5.1 names, plus `groups`. */
  readonly claims: Readonly<Record<string, ClaimValue>>
  /**
   * Milliseconds since the epoch, by the directory's clock, when the password was last changed;
   * where the directory tells. A session from before is over.
   */
  readonly passwordChangedAt?: number
  /** Milliseconds since the epoch when the password expires; where the directory tells. */
  readonly passwordExpiresAt?: number
  /**
   * How many more times the directory lets the person in with a password that has expired; where it
   * does, for a while.
   */
  readonly signInsLeft?: number
}
