import { type Applying, combine } from './combine.ts'
import { answer } from './condition.ts'
import type { ConditionResult, Decision, Match, PolicyResult } from './decision.ts'
import { factsOf } from './facts.ts'
import type { PreparedPolicies, PreparedPolicy } from './prepare.ts'
import type { Signals } from './signals.ts'

/**
 * PURE and total: the same signals and policies have the same answer, and there is always one.
 *
 * All conditions of a policy must hold. Every policy that applies must be met, any block wins, the
 * strictest session limit counts. A policy of which it is not known whether it matches applies.
 * Report-only policies change nothing but `reportOnly`. None applies to a break-glass account: no
 * mistake in a policy may keep out who could mend it.
 */
export function evaluate(signals: Signals, { policies, tests }: PreparedPolicies): Decision {
  const facts = factsOf(signals)
  const answers = tests.map((test) => test(facts))
  const results = policies.map((policy) =>
    signals.breakGlass ? spared(policy) : judge(policy, answers),
  )
  const enforced: Applying[] = []
  const applying: Applying[] = []
  for (const [at, policy] of policies.entries()) {
    const result = results[at]
    if (result?.applies) {
      const applies = { policy, certain: result.match === 'matched' }
      applying.push(applies)
      if (policy.state === 'enabled') enforced.push(applies)
    }
  }
  const verdict = combine(enforced)
  // Of the same policies the verdict would be the same.
  const reportOnly = applying.length === enforced.length ? verdict : combine(applying)
  return { ...verdict, reportOnly, policies: results }
}

const unset: ConditionResult = answer('users', 'unknown', 'no such condition')

function judge(
  { name, state, tests, demands }: PreparedPolicy,
  answers: readonly ConditionResult[],
): PolicyResult {
  // Not pushed one by one: an array that grows takes four times the memory, at every sign-in.
  const conditions = tests.map((at) => answers[at] ?? unset)
  const match = together(conditions)
  const applies = match !== 'notMatched'
  // Nor made twice, by spreading.
  return demands === undefined
    ? { policy: name, state, match, applies, conditions }
    : { policy: name, state, match, applies, conditions, demands }
}

const sparing = [answer('users', 'notMatched', 'a break-glass account: no policy applies to it')]

function spared({ name, state, demands }: PreparedPolicy): PolicyResult {
  const result = { policy: name, state, match: 'notMatched', applies: false } as const
  return { ...result, conditions: sparing, ...(demands !== undefined && { demands }) }
}

/** All of them must hold. */
function together(conditions: readonly ConditionResult[]): Match {
  let all: Match = 'matched'
  for (const { match } of conditions) {
    if (match === 'notMatched') return match
    if (match === 'unknown') all = match
  }
  return all
}
