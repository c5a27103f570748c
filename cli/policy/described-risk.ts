import { type FactName, riskRules } from '../../provider/risk/rules.ts'
import { type RiskFacts, type RiskScore, score } from '../../provider/risk/score.ts'
import { Fault } from '../../shared/fault.ts'
import { nearest } from '../../shared/settings/nearest.ts'

const names = [...new Set(riskRules.map(({ fact }) => fact))]

/**
 * PURE. What facts come to that somebody thinks of.
 * @param given `unknownDevice`, or `addressFailures=12`; `none` for nothing unusual
 * @throws Fault `settings` if one of them is none
 */
export function describedRisk(given: readonly string[]): {
  readonly signIn: RiskScore
  readonly user: RiskScore
} {
  const facts: RiskFacts = Object.fromEntries(
    given.filter((text) => text !== 'none').map((text) => factIn(text)),
  )
  return score(facts)
}

function factIn(text: string): [FactName, number] {
  const [, name = '', count = '1'] = /^([^=]*)(?:=(\d{1,6}))?$/.exec(text) ?? []
  const fact = names.find((known) => known === name)
  if (fact !== undefined) return [fact, Number(count)]
  const near = nearest(name, names)
  const meant = near === undefined ? `it is one of ${names.join(', ')}` : `did you mean "${near}"?`
  throw new Fault('settings', `--risk ${text} is no fact; ${meant}`)
}
