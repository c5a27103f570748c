import { z } from 'zod'
import {
  type ChangeRefusedName,
  changeRefusedNames,
  type Outcome,
  type RefusedName,
  refusedNames,
  type UnavailableReason,
  unavailableReasons,
} from '../../shared/outcome.ts'
import { type FactorMethod, factorMethods, factorRefusals } from '../mfa/factor.ts'
import type { FactorRefused } from '../mfa/second-factors.ts'

/** Why the last step did not lead on: what the person typed, or what the directory answered. */
export type Problem =
  | { readonly input: InputProblem }
  | {
      readonly outcome: NotOk
      readonly reference: string
      /** The directory was to change the password, not only to check it. */
      readonly isChange?: true
      /** A passkey was shown, and no password. */
      readonly isPasskey?: true
    }
  /** Of a second factor. */
  | { readonly factor: FactorRefused; readonly method: FactorMethod }

export type InputProblem =
  | 'noUsername'
  | 'badUsername'
  | 'unknownSuffix'
  | 'noPassword'
  | 'noNewPassword'
  | 'newPasswordsDiffer'
  | 'samePassword'
  | 'newPasswordTooLong'
  | 'banned'
  | 'containsName'
  | 'breached'
  /** The user name was changed in another window before this password arrived. */
  | 'otherUsername'

/** An outcome other than `ok`, without what is for the operator. */
export type NotOk =
  | { readonly name: RefusedName | ChangeRefusedName }
  | { readonly name: 'unavailable'; readonly reason: UnavailableReason }

/** PURE. What is in the log and for nobody else is left out. */
export function withoutDetail(outcome: Exclude<Outcome, { name: 'ok' }>): NotOk {
  if (outcome.name !== 'unavailable') return outcome
  return { name: outcome.name, reason: outcome.reason }
}

const inputProblems: readonly InputProblem[] = [
  'noUsername',
  'badUsername',
  'unknownSuffix',
  'noPassword',
  'noNewPassword',
  'newPasswordsDiffer',
  'samePassword',
  'newPasswordTooLong',
  'banned',
  'containsName',
  'breached',
  'otherUsername',
]

const notOk: z.ZodType<NotOk> = z.discriminatedUnion('name', [
  z.strictObject({ name: z.enum([...refusedNames, ...changeRefusedNames]) }),
  z.strictObject({ name: z.literal('unavailable'), reason: z.enum(unavailableReasons) }),
])

const factorRefused: z.ZodType<FactorRefused> = z.strictObject({
  refused: z.enum(factorRefusals),
  wait: z.number().exactOptional(),
  passwordAgain: z.literal(true).exactOptional(),
})

export const problemSchema: z.ZodType<Problem> = z.union([
  z.strictObject({ input: z.enum(inputProblems) }),
  z.strictObject({
    outcome: notOk,
    reference: z.string().max(64),
    isChange: z.literal(true).exactOptional(),
    isPasskey: z.literal(true).exactOptional(),
  }),
  z.strictObject({ factor: factorRefused, method: z.enum(factorMethods) }),
])
