import { fold } from '../facts.ts'
import type { Locations } from '../locations.ts'
import type { NamedPolicy, PolicyConditions, TimeConditions } from '../policy.ts'
import { windowTest } from '../times.ts'
import type { PolicySet, PolicyWarning } from './policy-warning.ts'

/** PURE. Policies that no sign-in can match, since what they include they exclude again. */
export function neverMatching({ policies, locations }: PolicySet): PolicyWarning[] {
  return policies.flatMap(({ name, conditions }) =>
    emptyConditions(conditions, locations).map(([condition, why]) => ({
      policy: name,
      path: ['conditions', condition],
      message: `can never match: ${why}`,
    })),
  )
}

/** True if no sign-in can match. */
export function canNeverMatch({ conditions }: NamedPolicy, locations: Locations): boolean {
  return emptyConditions(conditions, locations).length > 0
}

type Empty = readonly [condition: keyof PolicyConditions, why: string]

function emptyConditions(conditions: PolicyConditions, locations: Locations): Empty[] {
  return [
    ...emptyUsers(conditions),
    ...emptyApplications(conditions),
    ...emptyLocations(conditions, locations),
    ...emptyPlatforms(conditions),
    ...emptyTimes(conditions.times),
  ]
}

function emptyUsers({ users }: PolicyConditions): Empty[] {
  const { includeUsers, includeGroups, includeRoles } = users
  if (isNone(includeUsers) && includeGroups.length + includeRoles.length === 0) {
    return [['users', 'nobody is included']]
  }
  const gone =
    isWithin(includeUsers, users.excludeUsers, fold) &&
    isWithin(includeGroups, users.excludeGroups, fold) &&
    isWithin(includeRoles, users.excludeRoles, fold)
  return gone ? [['users', 'everyone who is included is excluded']] : []
}

function emptyApplications({ applications }: PolicyConditions): Empty[] {
  const { includeApplications, excludeApplications } = applications
  if (includeApplications.length === 0) return []
  if (isNone(includeApplications)) return [['applications', 'no app is included']]
  return isWithin(includeApplications, excludeApplications)
    ? [['applications', 'every app that is included is excluded']]
    : []
}

function emptyLocations({ locations }: PolicyConditions, named: Locations): Empty[] {
  const { includeLocations = [], excludeLocations = [] } = locations ?? {}
  const trusted = Object.entries(named.locations).flatMap(([name, { isTrusted }]) =>
    isTrusted ? [name] : [],
  )
  const excluded = excludeLocations.includes('AllTrusted')
    ? [...excludeLocations, ...trusted]
    : excludeLocations
  return includeLocations.length > 0 && isWithin(includeLocations, excluded)
    ? [['locations', 'every location that is included is excluded']]
    : []
}

function emptyPlatforms({ platforms }: PolicyConditions): Empty[] {
  if (!platforms || !isWithin(platforms.includePlatforms, platforms.excludePlatforms)) return []
  return [['platforms', 'every platform that is included is excluded']]
}

const daysOfWeek = [0, 1, 2, 3, 4, 5, 6]
const minutes = Array.from({ length: 1440 }, (_, minute) => minute)

function emptyTimes(times: TimeConditions | undefined): Empty[] {
  if (times === undefined) return []
  const included = times.includeTimes.map(windowTest)
  const excluded = times.excludeTimes.map(windowTest)
  const open = daysOfWeek.some((day) =>
    minutes.some((minute) => {
      const time = { date: '', day, minute }
      const within = included.length === 0 || included.some((holds) => holds(time))
      return within && !excluded.some((holds) => holds(time))
    }),
  )
  return open ? [] : [['times', 'all times that are included are excluded']]
}

function isNone(names: readonly string[]): boolean {
  return names.length === 1 && names[0] === 'None'
}

/** All of the names are among the others. */
export function isWithin(
  names: readonly string[],
  others: readonly string[],
  form: (name: string) => string = (name) => name,
): boolean {
  const known = new Set(others.map(form))
  return names.every((name) => known.has(form(name)))
}
