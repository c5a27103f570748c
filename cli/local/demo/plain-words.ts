/** What went wrong between the app and the provider, for the developer who reads the page. */
export interface PlainError {
  readonly title: string
  readonly explained: string
  /** The protocol's or the library's own words. */
  readonly technical: string
}

const known: Readonly<Record<string, readonly [title: string, explained: string]>> = {
  login_required: [
    'Nobody is signed in',
    'The app asked with prompt=none, so the provider showed no page and said login_required.',
  ],
  consent_required: [
    'Nobody has agreed yet',
    'The app asked with prompt=none, but the person has not been asked for consent.',
  ],
  access_denied: [
    'The sign-in was cancelled',
    'The person said no, or went back to the app; the provider told it so with access_denied.',
  ],
  invalid_grant: [
    'That code or token is no longer good',
    'It was used before, has run out, or belongs to a session that has ended. Sign in again.',
  ],
}

/** Total: anything thrown gets words. */
export function plainError(thrown: unknown): PlainError {
  const { error, error_description: description } = oauthParts(thrown)
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const technical = [error ?? message, description].filter(Boolean).join(': ')
  const [title, explained] = known[error ?? ''] ?? [
    'That did not work',
    'The app and the provider do not agree about something. The words below say what.',
  ]
  return { title, explained, technical }
}

// Of openid-client's own errors, those that carry the provider's answer have both of its fields.
function oauthParts(thrown: unknown): { error?: string; error_description?: string } {
  if (typeof thrown !== 'object' || thrown === null || !('error' in thrown)) return {}
  return thrown as { error?: string; error_description?: string }
}
