import { z } from 'zod'
import { factorMethods } from '../../mfa/factor.ts'
import type { GuessingNotice } from '../../mfa/second-factors.ts'
import type { SignedIn } from '../../oidc/interaction.ts'

/** Somebody has shown a passkey, and has still to be told that there were wrong answers before. */
export interface Told {
  readonly notice: GuessingNotice
  readonly signedIn: SignedIn
}

export const toldSchema: z.ZodType<Told> = z.strictObject({
  notice: z.strictObject({ method: z.enum(factorMethods), at: z.number() }),
  // As the passkey step made it.
  signedIn: z.custom<SignedIn>((value) => typeof value === 'object' && value !== null),
})
