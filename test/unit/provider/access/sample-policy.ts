import type { NamedPolicy } from '../../../../provider/access/policy.ts'
import { policyFile } from '../../../../provider/access/policy-schema.ts'

/** A policy for everyone and every app that asks for a second factor, but for what is given. */
export function samplePolicy(given: {
  readonly name?: string
  readonly conditions?: object
  readonly [field: string]: unknown
}): NamedPolicy {
  const { name = 'sample', conditions = {}, ...fields } = given
  const standard = {
    displayName: name,
    state: 'enabled',
    ...('sessionControls' in fields ? {} : { grantControls: { builtInControls: ['mfa'] } }),
  }
  const all = { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } }
  const file = { ...standard, ...fields, conditions: { ...all, ...conditions } }
  return { name, ...policyFile.parse(file) }
}
