import { always, answer, anyOf, type Listed, oneOf, type Test, unless } from './condition.ts'
import type { ConditionName, ConditionResult } from './decision.ts'
import { type Facts, fold } from './facts.ts'
import { localTimeIn } from './local-time.ts'
import type {
  ApplicationConditions,
  AuthenticationFlowConditions,
  Exception,
  LocationConditions,
  PlatformConditions,
  Policy,
  PolicyConditions,
  RiskLevel,
  UserConditions,
} from './policy.ts'
import { timesTest } from './times.ts'

/** A condition that a policy sets. Those with the same key are the same test. */
export interface ConditionTest {
  readonly key: string
  readonly make: () => Test
}

/** PURE. The conditions that a policy sets, in the order of `ConditionName`. */
export function conditionTests({ conditions, exceptions }: Policy): readonly ConditionTest[] {
  const { clientAppTypes, signInRiskLevels, userRiskLevels, authenticationFlows } = conditions
  return [
    ...when('users', conditions.users, usersTest),
    ...when('exceptions', exceptions.length > 0 ? exceptions : undefined, exceptionsTest),
    ...when('applications', conditions.applications, applicationsTest),
    ...when('clientAppTypes', clientAppTypes, clientAppTypesTest),
    ...when('locations', conditions.locations, locationsTest),
    ...when('platforms', conditions.platforms, platformsTest),
    ...when('signInRiskLevels', signInRiskLevels, signInRiskTest),
    ...when('userRiskLevels', userRiskLevels, userRiskTest),
    ...when('authenticationFlows', authenticationFlows, flowsTest),
    ...when('times', conditions.times, timesTest),
  ]
}

function when<T>(
  condition: ConditionName,
  given: T | undefined,
  make: (given: T) => Test,
): ConditionTest[] {
  if (given === undefined) return []
  return [{ key: `${condition} ${JSON.stringify(given)}`, make: () => make(given) }]
}

const nobody = answer('users', 'notMatched', 'nobody is included')

function usersTest(users: UserConditions): Test {
  const { includeUsers, includeGroups, includeRoles } = users
  const include = includeUsers.includes('All')
    ? always(answer('users', 'matched', 'everyone'))
    : anyOf(
        people('users', {
          users: includeUsers.filter((name) => name !== 'None'),
          groups: includeGroups,
          roles: includeRoles,
        }),
        nobody,
      )
  const { excludeUsers, excludeGroups, excludeRoles } = users
  return unless(
    include,
    people('users', { users: excludeUsers, groups: excludeGroups, roles: excludeRoles }),
  )
}

interface People {
  readonly users: readonly string[]
  readonly groups: readonly string[]
  readonly roles: readonly string[]
}

function people(condition: ConditionName, { users, groups, roles }: People): Test[] {
  const listed = (kind: Listed['kind'], entries: readonly string[], valuesOf: Listed['valuesOf']) =>
    oneOf({ condition, kind, entries, valuesOf, fold })
  return [
    ...listed('user', users, (facts) => facts.users),
    ...listed('group', groups, (facts) => facts.groups),
    ...listed('role', roles, (facts) => facts.roles),
  ]
}

function exceptionsTest(exceptions: readonly Exception[]): Test {
  const none = answer('exceptions', 'matched', 'none of them holds')
  return unless(always(none), exceptions.map(exceptionTest))
}

/** Holds while the day has not passed, for those it names. */
function exceptionTest(exception: Exception): Test {
  const { until, timeZone } = exception
  const clock = localTimeIn(timeZone)
  const named = anyOf(people('exceptions', exception), answer('exceptions', 'notMatched', 'nobody'))
  const over = answer('exceptions', 'notMatched', `ended with ${until}`)
  const noTime = answer('exceptions', 'unknown', 'time not known')
  return (facts) => {
    const result = named(facts)
    if (result.match === 'notMatched') return result
    const time = facts.localTime(timeZone, clock)
    if (time !== undefined && time.date > until) return over
    if (time === undefined && result.match === 'matched') return noTime
    return { ...result, because: `${result.because}, until ${until}` }
  }
}

function clientAppTypesTest(entries: NonNullable<PolicyConditions['clientAppTypes']>): Test {
  const condition = 'clientAppTypes'
  if (entries.includes('all')) return always(answer(condition, 'matched', 'all'))
  const kind = 'client app type'
  return single({ condition, kind, entries, valuesOf: (facts) => facts.clientAppTypes })
}

/** A list that has at least one entry, by its schema. */
function single(listed: Listed): Test {
  return anyOf(oneOf(listed), answer(listed.condition, 'notMatched', 'no entries'))
}

function signInRiskTest(entries: readonly RiskLevel[]): Test {
  const test = single({
    condition: 'signInRiskLevels',
    kind: 'sign-in risk',
    entries,
    valuesOf: (facts) => facts.signInRisks,
  })
  return withReason(test, ({ riskBecause }) => riskBecause?.signInRisk)
}

function userRiskTest(entries: readonly RiskLevel[]): Test {
  const test = single({
    condition: 'userRiskLevels',
    kind: 'user risk',
    entries,
    valuesOf: (facts) => facts.userRisks,
  })
  return withReason(test, ({ riskBecause }) => riskBecause?.userRisk)
}

/** Also where it does not match, since then the level is what one wants to know. */
function withReason(test: Test, reasonOf: (facts: Facts) => string | undefined): Test {
  return (facts) => {
    const result = test(facts)
    const reason = reasonOf(facts)
    return reason === undefined ? result : { ...result, because: `${result.because} (${reason})` }
  }
}

function flowsTest({ transferMethods: entries }: AuthenticationFlowConditions): Test {
  return single({
    condition: 'authenticationFlows',
    kind: 'flow',
    entries,
    valuesOf: (facts) => facts.flows,
  })
}

function applicationsTest(applications: ApplicationConditions): Test {
  const condition = 'applications'
  const { includeApplications, excludeApplications } = applications
  const apps = (entries: readonly string[]): Test[] =>
    oneOf({ condition, kind: 'app', entries, valuesOf: (facts) => facts.apps })
  const include = anyOf(
    [
      ...(includeApplications.includes('All')
        ? [anyApp]
        : apps(includeApplications.filter((name) => name !== 'None'))),
      ...oneOf({
        condition,
        kind: 'user action',
        entries: applications.includeUserActions,
        valuesOf: (facts) => facts.userActions,
      }),
      ...oneOf({
        condition,
        kind: 'authentication context',
        entries: applications.includeAuthenticationContextClassReferences,
        valuesOf: (facts) => facts.authenticationContexts,
      }),
    ],
    answer(condition, 'notMatched', 'no app is included'),
  )
  return unless(include, apps(excludeApplications))
}

const everyApp = answer('applications', 'matched', 'every app')
const noApp = answer('applications', 'notMatched', 'a user action, not an app')

const someApp = answer('applications', 'unknown', 'an app or a user action, not known which')

const anyApp: Test = ({ apps }) => {
  if (apps === undefined) return someApp
  return apps.size === 0 ? noApp : everyApp
}

function locationsTest({ includeLocations, excludeLocations }: LocationConditions): Test {
  const include = includeLocations.includes('All')
    ? always(answer('locations', 'matched', 'any location'))
    : anyOf(includeLocations.map(locationTest), anyLocation(includeLocations.length))
  return unless(include, excludeLocations.map(locationTest))
}

// Only exclude given: everywhere else is meant.
function anyLocation(included: number): ConditionResult {
  return included === 0
    ? answer('locations', 'matched', 'any location')
    : answer('locations', 'notMatched', 'no location is included')
}

function locationTest(name: string): Test {
  const text = name === 'AllTrusted' ? 'a trusted location' : `location ${name}`
  const hit = answer('locations', 'matched', text)
  const miss = answer('locations', 'notMatched', `not in ${text}`)
  const unknown = answer('locations', 'unknown', `whether in ${text} is not known`)
  const pick = (here: boolean | undefined): ConditionResult => {
    if (here === undefined) return unknown
    return here ? hit : miss
  }
  if (name === 'AllTrusted') return ({ whereabouts }) => pick(whereabouts?.trusted)
  return ({ whereabouts }) => {
    if (whereabouts === undefined || whereabouts.unsure.includes(name)) return unknown
    return pick(whereabouts.inside.includes(name))
  }
}

function platformsTest({ includePlatforms, excludePlatforms }: PlatformConditions): Test {
  const any = answer('platforms', 'matched', 'any platform')
  const include = includePlatforms.includes('all')
    ? always(any)
    : anyOf(oneOfPlatforms(includePlatforms), any)
  return unless(include, oneOfPlatforms(excludePlatforms))
}

function oneOfPlatforms(entries: readonly string[]): Test[] {
  return oneOf({
    condition: 'platforms',
    kind: 'platform',
    entries,
    valuesOf: (facts) => facts.platforms,
  })
}
