import type { Limit, SessionLimits, Verdict } from './decision.ts'
import type { PreparedLimits, PreparedPolicy } from './prepare.ts'

/** A policy that applies. */
export interface Applying {
  readonly policy: PreparedPolicy
  /** False if only because something is not known. */
  readonly certain: boolean
}

/** PURE. Any block wins; else each policy has to be met, and the strictest limit counts. */
export function combine(applying: readonly Applying[]): Verdict {
  const blockedBy = applying.flatMap(({ policy }) => policy.blocks ?? [])
  if (blockedBy.length > 0) return { result: 'block', blockedBy, requirements: [], session: {} }
  const requirements = applying.flatMap(({ policy }) => policy.requirement ?? [])
  const result = requirements.length > 0 ? 'ask' : 'allow'
  return { result, blockedBy, requirements, session: strictest(applying) }
}

function strictest(applying: readonly Applying[]): SessionLimits {
  const least = (name: Exclude<keyof PreparedLimits, 'persistentBrowser'>) => {
    const limits = applying.flatMap(({ policy }) => limit(policy.name, policy.session[name]))
    const [first, ...others] = limits
    if (!first) return {}
    return { [name]: others.reduce((a, b) => (b.value < a.value ? b : a), first) }
  }
  return {
    ...least('signInFrequency'),
    ...least('secondFactorFrequency'),
    ...persistence(applying),
    ...least('tokenLifetime'),
    // It gives, so what is not known must not lead to it.
    ...(applying.some(({ policy, certain }) => certain && policy.session.rememberBrowser)
      ? least('rememberBrowser')
      : {}),
  }
}

/** `always` gives more than nothing said would, so what is not known must not lead to it. */
function persistence(applying: readonly Applying[]): Pick<SessionLimits, 'persistentBrowser'> {
  const modes = applying.flatMap(({ policy, certain }) =>
    limit(policy.name, policy.session.persistentBrowser).filter(
      ({ value }) => certain || value === 'never',
    ),
  )
  const chosen = modes.find(({ value }) => value === 'never') ?? modes[0]
  return chosen ? { persistentBrowser: chosen } : {}
}

function limit<T>(policy: string, value: T | undefined): Limit<T>[] {
  return value === undefined ? [] : [{ value, policy }]
}
