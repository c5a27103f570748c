import type { Person } from '../../access/person.ts'
import type { SignedIn } from '../interaction.ts'

/**
 * A password that a person has told an app (RFC 6749 section 4.3), which only the sign-in can check:
 * by the same step, with the same log and the same rules against guessing as on its pages.
 */
export interface AppPassword {
  /** As it came. */
  readonly username: string
  readonly password: string
  /** Whether policies want a second agent to say the same of this person. */
  readonly secondOpinion: (person: Person) => boolean
  readonly clientId: string
  readonly clientAddress: string
  readonly reference: string
}

export type AppSignIn = Required<Pick<SignedIn, 'accountId' | 'account' | 'proofs'>>

export type CheckedAppPassword =
  | { readonly state: 'in'; readonly signedIn: AppSignIn }
  /** @param detail for the log alone */
  | { readonly state: 'refused'; readonly detail: string }
  /** Nobody could say. @param text for anybody */
  | { readonly state: 'unavailable'; readonly text: string; readonly detail: string }

/**
 * @param admit asked if the password is right: why this person is not let in, if they are not. All
 * that is not `in` takes the same time, so that nobody learns by a refusal that a password is right.
 * @throws Fault as the broker and the store do
 */
export type CheckAppPassword = (
  typed: AppPassword,
  admit: (signedIn: AppSignIn) => Promise<string | undefined>,
) => Promise<CheckedAppPassword>

/** Where nobody checks passwords. */
export const noAppPasswords: CheckAppPassword = async () => ({
  state: 'refused',
  detail: 'nobody checks passwords here',
})
