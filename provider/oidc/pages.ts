/**
 * The pages of flows that the OpenID Connect library runs: entering a device's code, signing out,
 * errors. Their words and markup belong to the sign-in pages; each function gives a whole HTML
 * document. Everything handed over is plain text and has still to be escaped.
 */
export interface OidcPages {
  /**
   * Asks for the code that a device shows. The page adds the text field `user_code`, which is
   * case-insensitive and may be typed with or without separators.
   */
  userCodeInput(page: UserCodeInput): PageText
  /**
   * Asks the person to compare the code with the one on the device: against somebody who sends
   * their own code to others (RFC 8628 section 5.4). Two submit buttons: one without a name to go
   * on, and `abort` = `yes`.
   */
  userCodeConfirm(page: {
    readonly form: PageForm
    readonly clientName: string
    readonly userCode: string
  }): PageText
  /** The device goes on by itself; this window can be closed. */
  deviceDone(page: { readonly clientName: string }): PageText
  /**
   * Asks whether to sign out everywhere. Two submit buttons: `logout` = `yes`, and one without a
   * name, which leaves only the app that asked.
   */
  logout(page: { readonly form: PageForm; readonly clientName?: string }): PageText
  /** `clientName`: only this app was left, the person is still signed in here. */
  signedOut(page: { readonly clientName?: string }): PageText
  /** Sends its form on by itself, to us or to an app; a submit button does so where no script runs. */
  goOn(page: { readonly form: PageForm }): PageText
  error(page: OidcErrorPage): PageText
}

export type PageText = string | Promise<string>

/** A form that is sent with POST, `action` being an absolute address: of ours, unless it says otherwise. */
export interface PageForm {
  readonly action: string
  /** Hidden fields, which have to come along unchanged. */
  readonly fields: Readonly<Record<string, string>>
}

export interface UserCodeInput {
  readonly form: PageForm
  /** What was typed before, when it was not right. */
  readonly code?: string
  /** What was wrong with it. */
  readonly problem?: UserCodeProblem
}

export type UserCodeProblem =
  /** Nothing was typed. */
  | 'missing'
  /** No device shows this code: mistyped, or too old to be remembered. */
  | 'unknown'
  | 'expired'
  /** Somebody has used it already, perhaps this person in another window. */
  | 'used'
  /** The person has just said no. Not an error. */
  | 'aborted'

export interface OidcErrorPage {
  /** HTTP status. */
  readonly status: number
  readonly title?: string
  /** One plain sentence or two: what happened and what the person can do. */
  readonly text: string
  /** The standard's error code and description, for the app's developer. Plain, small, optional. */
  readonly technical?: string
  /** To be read out to the help desk; the same stands in the log. */
  readonly reference: string
}
