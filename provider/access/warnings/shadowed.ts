import type { Requirement } from '../decision.ts'
import { fold } from '../facts.ts'
import type { NamedPolicy, PolicyConditions } from '../policy.ts'
import { type PreparedLimits, type PreparedPolicy, preparePolicies } from '../prepare.ts'
import { canNeverMatch, isWithin } from './never-matching.ts'
import type { PolicySet, PolicyWarning } from './policy-warning.ts'

/** PURE. Policies that change nothing, because another one asks for all of it wherever they apply. */
export function shadowed({ policies, locations }: PolicySet): PolicyWarning[] {
  const acting = policies.filter((policy) => {
    return policy.state !== 'disabled' && !canNeverMatch(policy, locations)
  })
  const effects = new Map(preparePolicies(acting).policies.map((each) => [each.name, each]))
  return acting.flatMap((policy): PolicyWarning[] => {
    const above = acting.find((other) => hides(other, policy, effects))
    if (above === undefined) return []
    const blocks = effects.get(above.name)?.blocks !== undefined
    const why = blocks
      ? 'blocks wherever this one applies'
      : 'asks for all of it wherever it applies'
    return [{ policy: policy.name, path: [], message: `changes nothing: ${above.name} ${why}` }]
  })
}

type Effects = ReadonlyMap<string, PreparedPolicy>

function hides(above: NamedPolicy, below: NamedPolicy, effects: Effects): boolean {
  if (above === below || above.state !== 'enabled') return false
  if (!covers(above, below) || !outdoes(above, below, effects)) return false
  // Of two that say the same the first by name stays.
  const mutual = below.state === 'enabled' && covers(below, above) && outdoes(below, above, effects)
  return !mutual || above.name < below.name
}

/** True if the one applies wherever the other does. May say no where it is so, never the reverse. */
function covers(one: NamedPolicy, other: NamedPolicy): boolean {
  const excepted = one.exceptions.length === 0 || same(one.exceptions, other.exceptions)
  return excepted && parts.every((covering) => covering(one.conditions, other.conditions))
}

type Covers = (a: PolicyConditions, b: PolicyConditions) => boolean

const parts: readonly Covers[] = [
  (a, b) => coversUsers(a.users, b.users),
  (a, b) => coversApplications(a.applications, b.applications),
  (a, b) => coversLocations(a.locations, b.locations),
  (a, b) => coversPlatforms(a.platforms, b.platforms),
  (a, b) => coversList(a.clientAppTypes, b.clientAppTypes, 'all'),
  (a, b) => coversList(a.signInRiskLevels, b.signInRiskLevels),
  (a, b) => coversList(a.userRiskLevels, b.userRiskLevels),
  (a, b) =>
    coversList(a.authenticationFlows?.transferMethods, b.authenticationFlows?.transferMethods),
  (a, b) => a.times === undefined || same(a.times, b.times),
]

function coversUsers(a: PolicyConditions['users'], b: PolicyConditions['users']): boolean {
  const included =
    a.includeUsers.includes('All') ||
    (isWithin(b.includeUsers, a.includeUsers, fold) &&
      isWithin(b.includeGroups, a.includeGroups, fold) &&
      isWithin(b.includeRoles, a.includeRoles, fold))
  return (
    included &&
    isWithin(a.excludeUsers, b.excludeUsers, fold) &&
    isWithin(a.excludeGroups, b.excludeGroups, fold) &&
    isWithin(a.excludeRoles, b.excludeRoles, fold)
  )
}

function coversApplications(
  a: PolicyConditions['applications'],
  b: PolicyConditions['applications'],
): boolean {
  const [contextsOfA, contextsOfB] = [a, b].map(
    (each) => each.includeAuthenticationContextClassReferences,
  )
  const all = a.includeApplications.includes('All') && b.includeUserActions.length === 0
  const included =
    all ||
    (isWithin(b.includeApplications, a.includeApplications) &&
      isWithin(b.includeUserActions, a.includeUserActions) &&
      isWithin(contextsOfB ?? [], contextsOfA ?? []))
  return included && isWithin(a.excludeApplications, b.excludeApplications)
}

function coversLocations(
  a: PolicyConditions['locations'],
  b: PolicyConditions['locations'],
): boolean {
  if (a === undefined) return true
  const { includeLocations, excludeLocations } = b ?? { includeLocations: [], excludeLocations: [] }
  const anywhere = a.includeLocations.length === 0 || a.includeLocations.includes('All')
  const named = includeLocations.length > 0 && isWithin(includeLocations, a.includeLocations)
  return (anywhere || named) && isWithin(a.excludeLocations, excludeLocations)
}

function coversPlatforms(
  a: PolicyConditions['platforms'],
  b: PolicyConditions['platforms'],
): boolean {
  if (a === undefined) return true
  return (
    coversList(a.includePlatforms, b?.includePlatforms, 'all') &&
    isWithin(a.excludePlatforms, b?.excludePlatforms ?? [])
  )
}

function coversList(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
  every?: string,
): boolean {
  if (a === undefined || (every !== undefined && a.includes(every))) return true
  return b !== undefined && isWithin(b, a)
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** True if the one asks for all that the other asks for. */
function outdoes(one: NamedPolicy, other: NamedPolicy, effects: Effects): boolean {
  const [a, b] = [effects.get(one.name), effects.get(other.name)]
  if (!a || !b) return false
  if (a.blocks) return true
  return !b.blocks && isHarder(a.requirement, b.requirement) && isTighter(a.session, b.session)
}

function isHarder(a: Requirement | undefined, b: Requirement | undefined): boolean {
  return implies(a, b) && (b === undefined || (a?.skips ?? 0) <= (b.skips ?? 0))
}

function implies(a: Requirement | undefined, b: Requirement | undefined): boolean {
  if (b === undefined) return true
  if (a === undefined) return false
  const allOfA = a.operator === 'AND' || a.controls.length === 1
  if (b.operator === 'AND' && b.controls.length > 1)
    return allOfA && isWithin(b.controls, a.controls)
  if (allOfA) return b.controls.some((control) => a.controls.includes(control))
  return isWithin(a.controls, b.controls)
}

function isTighter(a: PreparedLimits, b: PreparedLimits): boolean {
  const limits = ['signInFrequency', 'secondFactorFrequency', 'tokenLifetime'] as const
  const never = Number.POSITIVE_INFINITY
  return (
    limits.every((name) => (a[name] ?? never) <= (b[name] ?? never)) &&
    (b.persistentBrowser === undefined || a.persistentBrowser === b.persistentBrowser) &&
    // That gives what nobody has without it.
    (b.rememberBrowser === undefined || (a.rememberBrowser ?? never) <= b.rememberBrowser)
  )
}
