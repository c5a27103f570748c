import { z } from 'zod'
import { type CrossCheck, withCrossChecks } from '../../shared/settings/cross-check.ts'
import { conditions, exceptions } from './condition-schema.ts'
import { grantControls, sessionControls } from './control-schema.ts'
import { type Policy, policyStates } from './policy.ts'
import { policyChecks } from './policy-checks.ts'

/** How `policies/<name>.yaml` is checked. The descriptions become its reference. */
const fields: z.ZodType<Policy> = z.strictObject({
  displayName: z.string().min(1).max(256).describe('What people call it.'),
  description: z.string().min(1).exactOptional().describe('What it is for; for those who read it.'),
  state: z
    .enum(policyStates)
    .describe(
      '`enabledForReportingButNotEnforced` is evaluated and reported like `enabled`, and changes nothing.',
    ),
  reason: z
    .string()
    .min(1)
    .max(500)
    .exactOptional()
    .describe('One or two sentences for the person who is blocked or asked for more.'),
  conditions,
  exceptions,
  grantControls: grantControls.exactOptional(),
  sessionControls: sessionControls.exactOptional(),
})

export const policyFile: z.ZodType<Policy> = withCrossChecks(fields, policyChecks)

/** The same with what else is known, such as the locations that there are. */
export function policyFileWith(checks: readonly CrossCheck<Policy>[]): z.ZodType<Policy> {
  return withCrossChecks(policyFile, checks)
}
