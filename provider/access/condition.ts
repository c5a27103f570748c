import type { ConditionName, ConditionResult, Match } from './decision.ts'
import type { Facts, Values } from './facts.ts'

/**
 * PURE. The parts that conditions are made of. Each is made once from a policy and asked at every
 * sign-in, so whatever it can answer exists before it is asked. Logic of three values (Kleene's):
 * unknown stays unknown wherever the other values could still decide either way.
 */
export type Test = (facts: Facts) => ConditionResult

/** Answers of one condition. */
export function answer(condition: ConditionName, match: Match, because: string): ConditionResult {
  return Object.freeze({ condition, match, because })
}

export function always(result: ConditionResult): Test {
  return () => result
}

export interface Listed {
  readonly condition: ConditionName
  /** What the entries are, for the explanation: `group`. */
  readonly kind: string
  readonly entries: readonly string[]
  readonly valuesOf: (facts: Facts) => Values
  /** How names are compared. */
  readonly fold?: (name: string) => string
}

/** Whether one of the entries is a value of this sign-in; nothing at all if there are no entries. */
export function oneOf({ condition, kind, entries, valuesOf, fold }: Listed): Test[] {
  if (entries.length === 0) return []
  const folded = fold ? entries.map(fold) : entries
  const { miss, unknown } = commonAnswers(condition, kind)
  const index = folded.length > few ? new Set(folded) : undefined
  return [
    (facts) => {
      const values = valuesOf(facts)
      if (values === undefined) return unknown
      const hit = index && index.size > values.size ? common(values, index) : common(folded, values)
      if (hit === undefined) return miss
      return answer(condition, 'matched', `${kind} ${entries[folded.indexOf(hit)] ?? hit}`)
    },
  ]
}

// Nearly all answers are one of these: if each list had its own, ten thousand of them would not
// stay in the processor's cache.
const shared = new Map<string, { miss: ConditionResult; unknown: ConditionResult }>()

function commonAnswers(condition: ConditionName, kind: string) {
  const key = `${condition} ${kind}`
  const made = shared.get(key) ?? {
    miss: answer(condition, 'notMatched', `not one of its ${kind}s`),
    unknown: answer(condition, 'unknown', `${kind} not known`),
  }
  shared.set(key, made)
  return made
}

/** The first that matches, or else the first that is unknown. */
export function anyOf(tests: readonly Test[], otherwise: ConditionResult): Test {
  const [only] = tests
  if (only === undefined) return always(otherwise)
  if (tests.length === 1) return only
  return (facts) => {
    let best: ConditionResult | undefined
    for (const test of tests) {
      const result = test(facts)
      if (result.match === 'matched') return result
      if (best === undefined || (best.match === 'notMatched' && result.match === 'unknown')) {
        best = result
      }
    }
    return best ?? otherwise
  }
}

/** Included and not excluded; exclude beats include. */
export function unless(include: Test, exclude: readonly Test[]): Test {
  if (exclude.length === 0) return include
  const [first] = exclude
  const excluded = exclude.length === 1 && first ? first : anyOf(exclude, nothing)
  return (facts) => {
    const out = excluded(facts)
    const { condition, because } = out
    if (out.match === 'matched') {
      return { condition, match: 'notMatched', because: `excluded: ${because}` }
    }
    const result = include(facts)
    if (out.match === 'notMatched' || result.match === 'notMatched') return result
    return { condition, match: 'unknown', because: `excluded or not: ${because}` }
  }
}

const nothing = answer('users', 'notMatched', 'no entries')

const few = 8

// A policy names a few groups and a person may be in hundreds, or the other way round.
function common(some: Iterable<string>, others: ReadonlySet<string>): string | undefined {
  for (const name of some) if (others.has(name)) return name
  return undefined
}
