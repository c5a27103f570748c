import { z } from 'zod'
import type { KnownAccount } from '../oidc/accounts/accounts.ts'
import type { Interaction, NewProof, SignedIn } from '../oidc/interaction.ts'
import { type FactorAttempt, factorAttempt } from './factors/factor-attempt.ts'
import { type Told, toldSchema } from './factors/told.ts'
import { type Problem, problemSchema } from './problem.ts'

/**
 * One person's sign-in across its pages. Pages hold nothing but what is shown on them; each form
 * changes this record, and each page is drawn from it. The password is never part of it.
 *
 * It is kept in the interaction, which each request reads anyway, and so it ends with it. Not in a
 * cookie: whoever has a browser could put back an older one, and with it what counts against them.
 */
export interface Attempt {
  /** As typed, trimmed; kept to fill the field again, also when it was not accepted. */
  readonly username?: string
  /** Where the user name belongs; set once it was accepted. */
  readonly realm?: string
  /** Why the password has to be changed before anything else, where that can be done here. */
  readonly mustChange?: (typeof changeReasons)[number]
  /** The password was right, and they have still to be told that it expires soon. */
  readonly accepted?: Accepted
  /** How far they have come with a second factor. */
  readonly factor?: FactorAttempt
  /** A passkey was right, and there is something to be told first. */
  readonly told?: Told
  /** What went wrong with the last form. */
  readonly problem?: Problem
}

export type ChangeReason = (typeof changeReasons)[number] | 'policy'

const changeReasons = ['passwordExpired', 'mustChangePassword', 'expiresSoon'] as const

/** Who has signed in, but for the notice. */
export interface Accepted
  extends Required<Pick<SignedIn, 'accountId' | 'account' | 'proofs' | 'at'>> {
  /** Whole days until the password expires. */
  readonly days: number
}

const accepted: z.ZodType<Accepted> = z.strictObject({
  accountId: z.string(),
  // As the broker checked it.
  account: z.custom<KnownAccount>((value) => typeof value === 'object' && value !== null),
  proofs: z.array(z.custom<NewProof>((value) => typeof value === 'object' && value !== null)),
  at: z.number(),
  days: z.int().nonnegative(),
})

const schema: z.ZodType<Attempt> = z.strictObject({
  username: z.string().exactOptional(),
  realm: z.string().exactOptional(),
  mustChange: z.enum(changeReasons).exactOptional(),
  accepted: accepted.exactOptional(),
  factor: factorAttempt.exactOptional(),
  told: toldSchema.exactOptional(),
  problem: problemSchema.exactOptional(),
})

/**
 * PURE. The attempt that an interaction keeps; an empty one if there is none yet. Nobody but us has
 * written it, but it may have been another version of us, and then the person simply begins again.
 */
export function attemptIn({ kept }: Pick<Interaction, 'kept'>): Attempt {
  const result = schema.safeParse(kept)
  return result.success ? result.data : {}
}
