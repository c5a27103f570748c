import { z } from 'zod'
import { type Decoder, decoder } from '../../shared/wire.ts'

/** What is kept of a sign-in: of a password check, or of what policies said afterwards. */
export type SignInRecord = CheckRecord | AccessRecord

interface CommonRecord {
  /** Milliseconds since the epoch, by the clock of the process that saw it. */
  readonly at: number
  /** As in the log. */
  readonly reference: string
  readonly clientAddress: string
  readonly clientId: string
  /** What the directory calls the person; never what was typed. */
  readonly user?: string
}

/** A password was checked or changed, or a passkey shown in its place. */
export interface CheckRecord extends CommonRecord {
  readonly kind: 'check'
  readonly realm: string
  /** Of the closed list of outcomes; or `fault`, and nobody knows. */
  readonly outcome: string
  /** If it was `unavailable`. */
  readonly reason?: string
  /** Whose account it is, if that is known: who came in, or who goes by the name that was typed. */
  readonly sub?: string
  readonly change?: true
  readonly method?: 'passkey'
}

/** Somebody who has signed in went to an app, or an app refreshed their tokens. */
export interface AccessRecord extends CommonRecord {
  readonly kind: 'authorization' | 'refresh'
  readonly sub: string
  readonly platform?: string
  /** The person told the app their password; left out if they came to a page of ours. */
  readonly clientAppType?: 'other'
  readonly isLetIn: boolean
  /** With a password just typed, and not with a session of before. */
  readonly isFresh?: true
  /** Where it was measured. */
  readonly risk?: KeptRisks
  /** What stood in place of a second factor: `rememberedBrowser`, `registrationPutOff`. */
  readonly instead?: readonly string[]
  readonly decision: Decided
  /** What it had come to with the report-only policies, where they make a difference. */
  readonly reportOnly?: Decided
  /** Policies that applied, by name; none in what is kept for the person. */
  readonly applied: readonly AppliedPolicy[]
  /** All that were asked: the name of a list that is kept once; absent if there were none. */
  readonly policySet?: string
}

export interface KeptRisks {
  readonly signIn?: KeptRisk
  readonly user?: KeptRisk
}

export interface KeptRisk {
  readonly level: 'none' | 'low' | 'medium' | 'high'
  /** What gave how many points. */
  readonly facts: readonly (readonly [fact: string, points: number])[]
}

export type Decided = 'allow' | 'ask' | 'block'

/** What one policy by itself wanted of a sign-in that it applied to. */
export interface AppliedPolicy {
  readonly policy: string
  readonly wants: 'block' | 'limit' | readonly string[]
  /** One of what it wants is enough. */
  readonly isEither?: true
  /** What it wants had been shown: just now, or in the session. */
  readonly isMet?: true
  /** Conditions of which it was not known whether they hold; it applied to be on the safe side. */
  readonly unknown?: readonly string[]
}

/** Several that were stored together. */
export interface RecordBatch {
  readonly records: readonly SignInRecord[]
  /** How many more there had been in this time, and were not kept. */
  readonly notKept?: number
}

const text = z.string()
const common = {
  at: z.number(),
  reference: text,
  clientAddress: text,
  clientId: text,
  user: text.exactOptional(),
}
const decided = z.enum(['allow', 'ask', 'block'])
const isTrue = z.literal(true).exactOptional()

const check: z.ZodType<CheckRecord> = z.strictObject({
  kind: z.literal('check'),
  ...common,
  realm: text,
  outcome: text,
  reason: text.exactOptional(),
  sub: text.exactOptional(),
  change: isTrue,
  method: z.literal('passkey').exactOptional(),
})

const applied: z.ZodType<AppliedPolicy> = z.strictObject({
  policy: text,
  wants: z.union([z.enum(['block', 'limit']), z.array(text)]),
  isEither: isTrue,
  isMet: isTrue,
  unknown: z.array(text).exactOptional(),
})

const risk: z.ZodType<KeptRisk> = z.strictObject({
  level: z.enum(['none', 'low', 'medium', 'high']),
  facts: z.array(z.tuple([text, z.number()])),
})

const access: z.ZodType<AccessRecord> = z.strictObject({
  kind: z.enum(['authorization', 'refresh']),
  ...common,
  sub: text,
  platform: text.exactOptional(),
  clientAppType: z.literal('other').exactOptional(),
  isLetIn: z.boolean(),
  isFresh: isTrue,
  risk: z
    .strictObject({ signIn: risk.exactOptional(), user: risk.exactOptional() })
    .exactOptional(),
  decision: decided,
  reportOnly: decided.exactOptional(),
  applied: z.array(applied),
  policySet: text.exactOptional(),
})

const batch: z.ZodType<RecordBatch> = z.strictObject({
  records: z.array(z.union([check, access])),
  notKept: z.number().exactOptional(),
})

/** @throws Fault `badMessage` */
export const decodeBatch: Decoder<RecordBatch> = decoder('sign-in records', batch)
