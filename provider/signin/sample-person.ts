/**
 * Somebody who may be picked on the sign-in page of local mode. Their passwords stand in a file of
 * the repository and open nothing, so the page may fill them in.
 */
export interface SamplePerson {
  readonly username: string
  readonly password: string
  /** What will happen: `works`, `password expired`. */
  readonly note: string
}
