import * as fc from 'fast-check'
import {
  authenticationStrengths,
  clientAppTypes,
  days,
  type NamedPolicy,
  platforms,
  policyStates,
  riskLevels,
} from '../../../../provider/access/policy.ts'
import { policyFile } from '../../../../provider/access/policy-schema.ts'
import type { Signals } from '../../../../provider/access/signals.ts'

/**
 * Policies and sign-ins out of few names, so that they meet often, for property tests. Every policy
 * is one that its schema takes.
 */
const people = ['ada@corp.example', 'bob@corp.example', 'corp:1']
const groups = ['admins', 'staff', 'break-glass']
const roles = ['auditor', 'operator']
const apps = ['shop', 'wiki']
const contexts = ['c1', 'c2']
const locations = ['office', 'home', 'abroad']

const some = (names: readonly string[]): fc.Arbitrary<string[]> => fc.subarray([...names])
const seldom = (names: readonly string[]): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: some(names) },
  )
const many = <T>(names: readonly T[]): fc.Arbitrary<T[]> =>
  fc.subarray([...names], { minLength: 1 })
const time = fc.constantFrom('00:00', '06:30', '12:00', '18:45', '23:59')

/** Seldom, or a policy would set so much that hardly any sign-in matches it. */
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const window = fc
  .record({ days: many(days), from: time, to: time }, { requiredKeys: [] })
  .filter(({ from, to }) => (from === undefined) === (to === undefined))
  .filter(({ from, to }) => from === undefined || from !== to)

const timeZone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia')

const users = fc
  .record({
    includeUsers: fc.oneof(fc.constantFrom(['All'], ['All'], ['None'], []), some(people)),
    excludeUsers: seldom(people),
    includeGroups: some(groups),
    excludeGroups: seldom(groups),
    includeRoles: some(roles),
    excludeRoles: seldom(roles),
  })
  .filter((u) => u.includeUsers.length + u.includeGroups.length + u.includeRoles.length > 0)

const applications = fc.oneof(
  fc.record({
    includeApplications: fc.oneof(fc.constantFrom(['All'], ['All'], ['None']), many(apps)),
    excludeApplications: seldom(apps),
  }),
  fc.constant({ includeApplications: ['All'] }),
  fc.constant({ includeUserActions: ['urn:user:registersecurityinfo'] }),
  fc.record({ includeAuthenticationContextClassReferences: many(contexts) }),
)

const conditions = fc.record({
  users,
  applications,
  clientAppTypes: optional(many([...clientAppTypes, 'all'])),
  locations: optional(
    fc
      .record({
        includeLocations: fc.oneof(fc.constantFrom(['All'], ['AllTrusted']), some(locations)),
        excludeLocations: seldom([...locations, 'AllTrusted']),
      })
      .filter((l) => l.includeLocations.length + l.excludeLocations.length > 0),
  ),
  platforms: optional(
    fc.record({
      includePlatforms: fc.oneof(fc.constant(['all']), many(platforms)),
      excludePlatforms: some(platforms),
    }),
  ),
  signInRiskLevels: optional(many(riskLevels)),
  userRiskLevels: optional(many(riskLevels)),
  authenticationFlows: optional(fc.constant({ transferMethods: ['deviceCodeFlow'] })),
  times: optional(
    fc
      .record({
        timeZone,
        includeTimes: fc.array(window, { maxLength: 2 }),
        excludeTimes: fc.array(window, { maxLength: 2 }),
      })
      .filter((t) => t.includeTimes.length + t.excludeTimes.length > 0),
  ),
})

const exception = fc
  .record({
    users: some(people),
    groups: some(groups),
    until: fc.constantFrom('2026-03-28', '2026-03-29', '2026-06-30'),
    timeZone,
  })
  .filter((e) => e.users.length + e.groups.length > 0)

const grantControls = fc.oneof(
  fc.constant({ builtInControls: ['block'] }),
  fc
    .record({
      operator: fc.constantFrom('AND', 'OR'),
      builtInControls: fc.subarray(['mfa', 'secondOpinion']),
      termsOfUse: some(['staff-terms']),
    })
    .filter((g) => g.builtInControls.length + g.termsOfUse.length > 0),
  fc.record({ authenticationStrength: fc.constantFrom(...authenticationStrengths) }),
)

const sessionControls = fc
  .record(
    {
      signInFrequency: fc.oneof(
        fc.record({
          value: fc.integer({ min: 1, max: 30 }),
          type: fc.constantFrom('hours', 'days'),
          authenticationType: fc.constantFrom(
            'primaryAndSecondaryAuthentication',
            'secondaryAuthentication',
          ),
        }),
        fc.constant({ frequencyInterval: 'everyTime' }),
      ),
      persistentBrowser: fc.record({ mode: fc.constantFrom('always', 'never') }),
      tokenLifetime: fc.record({
        value: fc.integer({ min: 1, max: 90 }),
        type: fc.constantFrom('minutes', 'hours'),
      }),
      rememberBrowser: fc.record({ value: fc.integer({ min: 1, max: 365 }) }),
    },
    { requiredKeys: [] },
  )
  .filter((session) => Object.keys(session).length > 0)

const policy = fc
  .record({
    displayName: fc.constant('A policy'),
    state: fc.constantFrom(...policyStates),
    reason: optional(fc.constant('Because')),
    conditions,
    exceptions: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(exception, { maxLength: 2 }) },
    ),
    controls: fc.oneof(
      fc.record({ grantControls }),
      fc.record({ sessionControls }),
      fc.record({ grantControls, sessionControls }),
    ),
  })
  .map(({ controls, ...rest }) => policyFile.parse(withoutUndefined({ ...rest, ...controls })))

/** Policies with names of their own, in any order. */
export const policies: fc.Arbitrary<NamedPolicy[]> = fc
  .array(policy, { maxLength: 6 })
  .map((each) => each.map((one, at) => ({ ...one, name: `policy-${at}` })))

// The reasons of risks are said and not judged.
const known: fc.Arbitrary<Required<Omit<Signals, 'riskBecause' | 'breakGlass'>>> = fc.record({
  at: fc.integer({ min: Date.UTC(2026, 2, 25), max: Date.UTC(2026, 3, 5) }),
  user: many(people),
  groups: some(groups),
  roles: some(roles),
  app: fc.constantFrom(...apps, 'other'),
  authenticationContexts: some(contexts),
  userAction: fc.constant('urn:user:registersecurityinfo' as const),
  clientAppType: fc.constantFrom(...clientAppTypes),
  whereabouts: fc.record({ inside: some(locations), trusted: fc.boolean() }).chain((where) => {
    const outside = locations.filter((name) => !where.inside.includes(name))
    return some(outside).map((unsure) => ({ ...where, unsure }))
  }),
  platform: fc.constantFrom(...platforms),
  signInRisk: fc.constantFrom(...riskLevels),
  userRisk: fc.constantFrom(...riskLevels),
  authenticationFlow: fc.constantFrom('none' as const, 'deviceCodeFlow' as const),
})

/** Sign-ins to an app, or user actions, of which all is known but some locations. */
const fullSignals: fc.Arbitrary<Signals> = fc
  .tuple(known, fc.boolean())
  .map(([{ userAction, app, ...rest }, acts]) => ({
    ...rest,
    ...(acts ? { userAction } : { app }),
  }))

/** Sign-ins of which anything may be unknown. */
export const signals: fc.Arbitrary<Signals> = fullSignals.chain((full) =>
  fc.subarray(Object.keys(full)).map((kept) => pick(full, kept)),
)

/** The same sign-in twice, of which the second time less is known. */
export const lessKnown: fc.Arbitrary<readonly [Signals, Signals]> = fullSignals.chain((full) =>
  fc.subarray(Object.keys(full)).map((kept) => [full, pick(full, kept)] as const),
)

function pick(full: Signals, names: readonly string[]): Signals {
  return Object.fromEntries(Object.entries(full).filter(([name]) => names.includes(name)))
}

function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
