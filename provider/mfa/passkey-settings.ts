import { z } from 'zod'

export interface PasskeySettings {
  /** Whether the authenticator has to ask for a finger, a face or a PIN. */
  readonly userVerification: 'required' | 'preferred'
  /** Whether it has to keep the passkey itself, so that a person need not say who they are. */
  readonly discoverable: 'required' | 'preferred'
  readonly attestation: 'none' | 'direct' | 'enterprise'
  /** AAGUIDs, lower case; empty: all. */
  readonly allowedAuthenticators: readonly string[]
  readonly blockedAuthenticators: readonly string[]
}

const aaguidField = z
  .string()
  .toLowerCase()
  .regex(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    'must be an AAGUID, as in ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4',
  )

export const passkeySettings: z.ZodType<PasskeySettings> = z
  .strictObject({
    // Without it a passkey proves that somebody has a thing, and not that it is in the right hands.
    userVerification: z
      .enum(['required', 'preferred'])
      .default('required')
      .describe(
        'Whether a finger, a face or a PIN has to be asked for. With `preferred`, security keys that ' +
          'cannot ask are taken too, and count as one factor.',
      ),
    // Older security keys keep few passkeys or none, and are as good as a second factor.
    discoverable: z
      .enum(['required', 'preferred'])
      .default('preferred')
      .describe(
        'Whether a passkey must be one that can be used without typing a user name. `required` ' +
          'leaves out older security keys.',
      ),
    // It tells apart people's devices and has to be asked for with a reason.
    attestation: z
      .enum(['none', 'direct', 'enterprise'])
      .default('none')
      .describe(
        'What authenticators are asked to say of their make. Browsers ask the person’s leave for more ' +
          'than `none`, and with `none` most hide which security key it is.',
      ),
    allowedAuthenticators: z
      .array(aaguidField)
      .default([])
      .describe(
        'The only kinds that may be used, by AAGUID; all unless given. Checked at each sign-in too: ' +
          'passkeys of other kinds stop working at once, and whoever has no other factor is locked out.',
      ),
    blockedAuthenticators: z
      .array(aaguidField)
      .default([])
      .describe(
        'Kinds that may not be used, by AAGUID. Checked at each sign-in too, with the same effect.',
      ),
  })
  .prefault({})
  .describe('Passkeys and security keys (WebAuthn).')

/** PURE. Both lists act, and a kind that is on both is blocked. */
export function isAllowed(aaguid: string, settings: PasskeySettings): boolean {
  const { allowedAuthenticators: allowed, blockedAuthenticators: blocked } = settings
  return !blocked.includes(aaguid) && (allowed.length === 0 || allowed.includes(aaguid))
}
