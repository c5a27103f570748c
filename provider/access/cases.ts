import { z } from 'zod'
import { type CrossCheck, withCrossChecks } from '../../shared/settings/cross-check.ts'
import type { Decision } from './decision.ts'
import { type DescribedSignIn, describedSignIn } from './described-sign-in.ts'

/** `<name>.cases.yaml` beside a policy: sign-ins, and what they should come to. */
export interface PolicyCases {
  readonly cases: readonly PolicyCase[]
}

export interface PolicyCase {
  readonly name: string
  readonly signIn: DescribedSignIn
  readonly expect: Expectation
}

/** One of the two, or both. */
export interface Expectation {
  /** Of the policy beside it, whatever its state is. */
  readonly policy?: 'applies' | 'doesNotApply'
  /** Of all policies as they are now. */
  readonly result?: Decision['result']
}

const fields: z.ZodType<PolicyCases> = z.strictObject({
  cases: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe('A sentence that says what should happen.'),
        signIn: describedSignIn.describe('The sign-in. What is left out is unknown.'),
        expect: z
          .strictObject({
            policy: z
              .enum(['applies', 'doesNotApply'])
              .exactOptional()
              .describe('What the policy beside this file does, whatever its `state`.'),
            result: z
              .enum(['allow', 'ask', 'block'])
              .exactOptional()
              .describe('What all policies of the folder come to, by their `state`.'),
          })
          .describe('What should come of it: `policy`, `result`, or both.'),
      }),
    )
    .min(1)
    .describe('The cases, in any order.'),
})

const checks: readonly CrossCheck<PolicyCases>[] = [
  {
    of: ['cases'],
    problems: ({ cases }) =>
      cases.flatMap(({ expect: { policy, result } }, at) =>
        policy === undefined && result === undefined
          ? [{ path: ['cases', at, 'expect'], message: 'expects nothing: name policy or result' }]
          : [],
      ),
  },
]

export const casesFile: z.ZodType<PolicyCases> = withCrossChecks(fields, checks)
