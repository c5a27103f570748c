import { evaluate } from '../evaluate.ts'
import type { Locations } from '../locations.ts'
import { clientAppTypes, type NamedPolicy, platforms } from '../policy.ts'
import { preparePolicies } from '../prepare.ts'
import type { Signals, Whereabouts } from '../signals.ts'
import type { PolicySet, PolicyWarning } from './policy-warning.ts'

/**
 * PURE. Policies that let nobody in: somebody whom no policy names is tried with every app, place,
 * platform, client and hour that the policies tell apart.
 */
export function lockedOut(set: PolicySet): PolicyWarning[] {
  const blocking = set.policies.filter(({ state, grantControls }) => {
    return state === 'enabled' && grantControls?.builtInControls.includes('block')
  })
  if (blocking.length === 0 || letsIn(blocking, set)) return []
  const alone = blocking.filter((policy) => !letsIn([policy], set))
  if (alone.length > 0) {
    return alone.map(({ name }) =>
      warning(name, 'blocks every sign-in of everyone it does not exclude'),
    )
  }
  return blocking.map(({ name }) => {
    const others = blocking.filter((other) => other.name !== name).map((other) => other.name)
    return warning(name, `together with ${others.join(', ')} blocks every sign-in of everyone`)
  })
}

function warning(policy: string, message: string): PolicyWarning {
  return { policy, path: ['grantControls'], message }
}

// Sets that tell more apart than this are given up on: they let somebody in, in all likelihood.
const mostTrials = 20_000

function letsIn(policies: readonly NamedPolicy[], set: PolicySet): boolean {
  const prepared = preparePolicies(policies)
  let trials = 0
  for (const signals of signIns(policies, set)) {
    trials += 1
    if (trials > mostTrials || evaluate(signals, prepared).result !== 'block') return true
  }
  return false
}

const stranger: Signals = {
  user: ['somebody whom no policy names'],
  groups: [],
  roles: [],
  authenticationContexts: [],
  signInRisk: 'none',
  userRisk: 'none',
  authenticationFlow: 'none',
}

const hour = 3_600_000

function signIns(
  policies: readonly NamedPolicy[],
  { locations, now }: PolicySet,
): Generator<Signals> {
  const uses = (condition: keyof NamedPolicy['conditions']): boolean =>
    policies.some(({ conditions }) => conditions[condition] !== undefined)
  const apps = policies.flatMap(({ conditions: { applications } }) => [
    ...applications.includeApplications,
    ...applications.excludeApplications,
  ])
  const hours = Array.from({ length: uses('times') ? 24 * 7 : 1 }, (_, at) => now + at * hour)
  return combinations(stranger, [
    [...new Set(['an app that no policy names', ...apps])].map((app) => ({ app })),
    (uses('clientAppTypes') ? clientAppTypes : (['browser'] as const)).map((clientAppType) => ({
      clientAppType,
    })),
    (uses('platforms') ? platforms : (['linux'] as const)).map((platform) => ({ platform })),
    (uses('locations') ? places(locations) : [nowhere]).map((whereabouts) => ({ whereabouts })),
    hours.map((at) => ({ at })),
  ])
}

function* combinations(
  signals: Signals,
  [first, ...others]: readonly (readonly Signals[])[],
): Generator<Signals> {
  if (first === undefined) yield signals
  for (const each of first ?? []) yield* combinations({ ...signals, ...each }, others)
}

const nowhere: Whereabouts = { inside: [], unsure: [], trusted: false }

function places({ locations }: Locations): Whereabouts[] {
  const each = Object.entries(locations).map(([name, { isTrusted }]) => ({
    inside: [name],
    unsure: [],
    trusted: isTrusted,
  }))
  return [nowhere, ...each]
}
