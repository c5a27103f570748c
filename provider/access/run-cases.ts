import type { PolicyCase } from './cases.ts'
import type { Decision } from './decision.ts'
import { signalsOf } from './described-sign-in.ts'
import { evaluate } from './evaluate.ts'
import type { Place } from './locate.ts'
import type { NamedPolicy } from './policy.ts'
import { preparePolicies } from './prepare.ts'
import type { CasesOfPolicy } from './read-cases.ts'
import type { Whereabouts } from './signals.ts'

/** What came of the cases of all policies. */
export interface CasesRun {
  readonly results: readonly CaseResult[]
  /** Policies that apply for certain in no case: nothing shows that they do what they should. */
  readonly untouched: readonly string[]
}

export interface CaseResult {
  readonly policy: string
  readonly name: string
  /** Empty if all is as expected. */
  readonly failures: readonly CaseFailure[]
  /** How the policy beside the case came to its answer. */
  readonly decision: Decision
}

export interface CaseFailure {
  /** The expectation, as a path in the file of cases. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** PURE, as `locate` is. */
export function runCases(
  policies: readonly NamedPolicy[],
  files: readonly CasesOfPolicy[],
  locate: (place: Place) => Whereabouts,
): CasesRun {
  const all = preparePolicies(policies)
  // As if each were enabled: templates that are off can be tried before they act.
  const acting = preparePolicies(policies.map((policy) => ({ ...policy, state: 'enabled' })))
  const touched = new Set<string>()
  const results = files.flatMap(({ policy, cases }) =>
    cases.map((one, at): CaseResult => {
      const signals = signalsOf(one.signIn, locate)
      const decision = evaluate(signals, acting)
      for (const each of decision.policies) {
        if (each.match === 'matched') touched.add(each.policy)
      }
      const { result } = evaluate(signals, all)
      const failures = failuresOf(one, { policy, decision, result }).map((failure) => ({
        ...failure,
        path: ['cases', at, 'expect', ...failure.path],
      }))
      return { policy, name: one.name, failures, decision }
    }),
  )
  const names = policies.map(({ name }) => name)
  return { results, untouched: names.filter((name) => !touched.has(name)).toSorted() }
}

interface Came {
  readonly policy: string
  readonly decision: Decision
  readonly result: Decision['result']
}

function failuresOf({ expect }: PolicyCase, { policy, decision, result }: Came): CaseFailure[] {
  const own = decision.policies.find((each) => each.policy === policy)
  const does = own?.applies === true ? 'applies' : 'doesNotApply'
  return [
    ...(expect.policy === undefined || expect.policy === does
      ? []
      : [{ path: ['policy'], message: `expected ${expect.policy}, but it ${does}: ${why(own)}` }]),
    ...(expect.result === undefined || expect.result === result
      ? []
      : [
          {
            path: ['result'],
            message: `expected ${expect.result}, but all policies together come to ${result}`,
          },
        ]),
  ]
}

function why(own: Decision['policies'][number] | undefined): string {
  const deciding =
    own?.conditions.filter(({ match }) => own.applies || match === 'notMatched') ?? []
  return deciding.map(({ condition, because }) => `${condition}: ${because}`).join('; ')
}
