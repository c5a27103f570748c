import { z } from 'zod'
import type { RegisteredFactor } from './factor.ts'

/** What is kept of a passkey (WebAuthn Level 3, section 4, "credential record"). */
export interface PasskeyData {
  /** Base64url, as everything here that is bytes. */
  readonly credentialId: string
  /** COSE_Key. */
  readonly publicKey: string
  readonly counter: number
  readonly transports: readonly string[]
  /** The authenticator's make. What it says of itself, unless attestation was asked for. */
  readonly aaguid: string
  /** The same for all passkeys of a person, random, and says nothing about them. */
  readonly userHandle: string
  /** Whether it may be copied to the person's other devices, and whether it has been. */
  readonly synced: { readonly possible: boolean; readonly done: boolean }
}

const schema: z.ZodType<PasskeyData> = z.strictObject({
  credentialId: z.string().min(1),
  publicKey: z.string().min(1),
  counter: z.int().nonnegative(),
  transports: z.array(z.string()),
  aaguid: z.string(),
  userHandle: z.string().min(1),
  synced: z.strictObject({ possible: z.boolean(), done: z.boolean() }),
})

/** @throws ZodError for what no passkey of ours is */
export function passkeyDataOf({ data }: Pick<RegisteredFactor, 'data'>): PasskeyData {
  return schema.parse(data)
}
