import type { Test } from './condition.ts'
import { type ConditionTest, conditionTests } from './conditions.ts'
import type { Control, Demand, PolicyResult, Requirement } from './decision.ts'
import type { GrantControls, NamedPolicy, PolicyState, SessionControls } from './policy.ts'

/** Policies made ready to be asked; disabled ones are left out. */
export interface PreparedPolicies {
  /** By name, so that no answer depends on the order of files. */
  readonly policies: readonly PreparedPolicy[]
  /** Each is asked once, however many policies set the same condition. */
  readonly tests: readonly Test[]
}

export interface PreparedPolicy {
  readonly name: string
  readonly state: PolicyState
  /** Its conditions, by their place in the list of all tests. */
  readonly tests: readonly number[]
  readonly blocks: Demand | undefined
  readonly requirement: Requirement | undefined
  /** The same two, for the explanation. */
  readonly demands: PolicyResult['demands']
  readonly session: PreparedLimits
}

/** Seconds; as in `SessionLimits`. */
export interface PreparedLimits {
  readonly signInFrequency?: number
  readonly secondFactorFrequency?: number
  readonly persistentBrowser?: 'always' | 'never'
  readonly tokenLifetime?: number
  readonly rememberBrowser?: number
}

/** PURE. Done once when policies are read, not at each sign-in. */
export function preparePolicies(policies: readonly NamedPolicy[]): PreparedPolicies {
  const acting = policies.filter(({ state }) => state !== 'disabled').toSorted(byName)
  const places = new Map<string, number>()
  const tests: Test[] = []
  const place = ({ key, make }: ConditionTest): number => {
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, tests.length)
    return tests.push(make()) - 1
  }
  return { policies: acting.map((policy) => prepare(policy, place)), tests }
}

function byName(a: NamedPolicy, b: NamedPolicy): number {
  if (a.name === b.name) return 0
  return a.name < b.name ? -1 : 1
}

function prepare(policy: NamedPolicy, place: (test: ConditionTest) => number): PreparedPolicy {
  const { name, state, reason, grantControls: grant } = policy
  const demand: Demand = { policy: name, ...(reason === undefined ? {} : { reason }) }
  const blocks = grant?.builtInControls.includes('block') === true
  const requirement = grant && !blocks ? requirementOf(demand, grant) : undefined
  return {
    name,
    state,
    tests: conditionTests(policy).map(place),
    blocks: blocks ? demand : undefined,
    requirement,
    demands: blocks ? 'block' : requirement && demandsOf(requirement),
    session: limitsOf(policy.sessionControls ?? {}),
  }
}

function requirementOf(demand: Demand, grant: GrantControls): Requirement | undefined {
  const controls = controlsOf(grant)
  if (controls.length === 0) return undefined
  const { operator, registrationSkips: skips } = grant
  return Object.freeze({ ...demand, operator, controls, ...(skips === undefined ? {} : { skips }) })
}

function demandsOf({ operator, controls }: Requirement): PolicyResult['demands'] {
  return Object.freeze({ operator, controls })
}

function controlsOf(grant: GrantControls): readonly Control[] {
  const { builtInControls, authenticationStrength: strength, termsOfUse } = grant
  return Object.freeze([
    ...builtInControls.filter((control) => control !== 'block'),
    ...(strength === undefined ? [] : [`authenticationStrength:${strength}` as const]),
    ...termsOfUse.map((name) => `termsOfUse:${name}` as const),
  ])
}

const hour = 3600
const secondsOf: { readonly [unit in 'minutes' | 'hours' | 'days']: number } = {
  minutes: 60,
  hours: hour,
  days: 24 * hour,
}

function limitsOf(session: SessionControls): PreparedLimits {
  const { signInFrequency: frequency, persistentBrowser, tokenLifetime, rememberBrowser } = session
  return {
    ...(frequency === undefined ? {} : frequencyOf(frequency)),
    ...(persistentBrowser ? { persistentBrowser: persistentBrowser.mode } : {}),
    ...(tokenLifetime
      ? { tokenLifetime: tokenLifetime.value * secondsOf[tokenLifetime.type] }
      : {}),
    ...(rememberBrowser
      ? { rememberBrowser: rememberBrowser.value * secondsOf[rememberBrowser.type] }
      : {}),
  }
}

function frequencyOf({
  frequencyInterval,
  value = 0,
  type = 'hours',
  authenticationType,
}: NonNullable<SessionControls['signInFrequency']>): PreparedLimits {
  const seconds = frequencyInterval === 'everyTime' ? 0 : value * secondsOf[type]
  return authenticationType === 'secondaryAuthentication'
    ? { secondFactorFrequency: seconds }
    : { signInFrequency: seconds }
}
