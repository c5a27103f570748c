import { z } from 'zod'
import { type FactorMethod, factorMethods } from '../../mfa/factor.ts'
import type { Begun, GuessingNotice } from '../../mfa/second-factors.ts'
import type { NewProof } from '../../oidc/interaction.ts'

/** How far somebody has come who is asked for a second factor. */
export type FactorAttempt =
  | {
      readonly stage: 'verify'
      readonly method: FactorMethod
      /** What else they have that would do, the strongest first. */
      readonly others: readonly FactorMethod[]
      readonly begun: Begun
    }
  /** They have none, and choose what to set up; nothing, where they can only put it off. */
  | {
      readonly stage: 'choose'
      readonly methods: readonly FactorMethod[]
      readonly offer?: Offer
    }
  | {
      readonly stage: 'enrol'
      readonly method: FactorMethod
      readonly methods: readonly FactorMethod[]
      readonly begun: Begun
      readonly offer?: Offer
    }
  /** All is shown, and they are to be told of wrong answers before. */
  | {
      readonly stage: 'notice'
      readonly proofs: readonly NewProof[]
      readonly notice: GuessingNotice
    }
  /** A passkey is suggested to whoever has shown something weaker. */
  | { readonly stage: 'nudge'; readonly proofs: Offer }
  /** All is shown, and something is offered before the sign-in goes on. */
  | { readonly stage: 'offerCodes'; readonly proofs: readonly NewProof[] }
  | {
      readonly stage: 'codes'
      readonly proofs: readonly NewProof[]
      /** Shown once; kept, sealed, until they have gone on. */
      readonly codes: readonly string[]
    }
  /** After many wrong answers: whoever sits there shows the password anew. */
  | { readonly stage: 'password' }
  /** They have none, and may set none up here and now. */
  | { readonly stage: 'refused'; readonly reference: string }

/** What has been shown, and is enough: setting up more is an offer. */
export type Offer = readonly NewProof[]

const method = z.enum(factorMethods)
const methods = z.array(method)
const begun: z.ZodType<Begun> = z.strictObject({
  id: z.string(),
  shown: z.record(z.string(), z.unknown()),
})
const proofs: z.ZodType<readonly NewProof[]> = z.array(
  z.strictObject({ method, amr: z.array(z.string()) }),
)

const notice: z.ZodType<GuessingNotice> = z.strictObject({ method, at: z.number() })

export const factorAttempt: z.ZodType<FactorAttempt> = z.discriminatedUnion('stage', [
  z.strictObject({ stage: z.literal('verify'), method, others: methods, begun }),
  z.strictObject({ stage: z.literal('notice'), proofs, notice }),
  z.strictObject({ stage: z.literal('choose'), methods, offer: proofs.exactOptional() }),
  z.strictObject({
    stage: z.literal('enrol'),
    method,
    methods,
    begun,
    offer: proofs.exactOptional(),
  }),
  z.strictObject({ stage: z.literal('nudge'), proofs }),
  z.strictObject({ stage: z.literal('offerCodes'), proofs }),
  z.strictObject({ stage: z.literal('codes'), proofs, codes: z.array(z.string()) }),
  z.strictObject({ stage: z.literal('password') }),
  z.strictObject({ stage: z.literal('refused'), reference: z.string() }),
])
