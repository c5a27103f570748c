import { fold } from '../facts.ts'
import type { NamedPolicy } from '../policy.ts'
import type { PolicySet, PolicyWarning } from './policy-warning.ts'

/**
 * PURE. Policies for everyone that leave out nobody, or not those whom the others leave out: one
 * mistake in them, or one broken factor, and nobody is left who could mend it; unless there is a
 * break-glass account, which no policy applies to.
 */
export function breakGlass({ policies, hasBreakGlass = false }: PolicySet): PolicyWarning[] {
  if (hasBreakGlass) return []
  const forEveryone = policies.filter(isForEveryone)
  const usual = mostCommon(forEveryone.flatMap(leftOut))
  return forEveryone.flatMap((policy): PolicyWarning[] => {
    const out = leftOut(policy)
    const path = ['conditions', 'users']
    if (out.length === 0) {
      const message = 'excludes nobody: leave out an account for emergencies (break-glass)'
      return [{ policy: policy.name, path, message }]
    }
    if (usual === undefined || out.includes(usual)) return []
    const message = `does not exclude ${usual}, as other policies do: nobody is left out of all of them`
    return [{ policy: policy.name, path, message }]
  })
}

function isForEveryone({ state, conditions, grantControls }: NamedPolicy): boolean {
  const { users, applications } = conditions
  return (
    state !== 'disabled' &&
    grantControls !== undefined &&
    users.includeUsers.includes('All') &&
    applications.includeApplications.includes('All')
  )
}

function leftOut({ conditions: { users } }: NamedPolicy): string[] {
  return [
    ...users.excludeUsers.map((name) => `user ${fold(name)}`),
    ...users.excludeGroups.map((name) => `group ${fold(name)}`),
    ...users.excludeRoles.map((name) => `role ${fold(name)}`),
  ]
}

function mostCommon(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0]
}
