import { type Applying, combine } from './combine.ts'
import type { ConditionResult, Decision, Match, PolicyResult } from './decision.ts'
import { factsOf } from './facts.ts'
import type { PreparedPolicies, PreparedPolicy } from './prepare.ts'
import type { Signals } from './signals.ts'

/**
 * PURE and total: the same signals and policies have the same answer, and there is always one.
 *
 * All conditions of a policy must hold. Every policy that applies must be met, any block wins, the
 * strictest session limit counts. A policy of which it is not known whether it matches applies.
 * Report-only policies change nothing but `reportOnly`.
 */
export function evaluate(signals: Signals, { policies, tests }: PreparedPolicies): Decision {
  const facts = factsOf(signals)
  const answers = tests.map((test) => test(facts))
  const results: PolicyResult[] = []
  const enforced: Applying[] = []
  const applying: Applying[] = []
  for (const policy of policies) {
    const result = judge(policy, answers)
    results.push(result)
    if (result.applies) {
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

function judge(
  { name, state, tests }: PreparedPolicy,
  answers: readonly ConditionResult[],
): PolicyResult {
  const conditions: ConditionResult[] = []
  let match: Match = 'matched'
  for (const at of tests) {
    const result = answers[at]
    if (result === undefined) continue
    conditions.push(result)
    if (result.match === 'notMatched') match = 'notMatched'
    else if (result.match === 'unknown' && match === 'matched') match = 'unknown'
  }
  return { policy: name, state, match, applies: match !== 'notMatched', conditions }
}
