import type {
  ConditionResult,
  Decision,
  Demand,
  Match,
  Requirement,
  Verdict,
} from '../../provider/access/decision.ts'
import {
  type DescribedSignIn,
  describedSignIn,
  signalsOf,
} from '../../provider/access/described-sign-in.ts'
import { evaluate } from '../../provider/access/evaluate.ts'
import type { NamedPolicy, PolicyState } from '../../provider/access/policy.ts'
import { preparePolicies } from '../../provider/access/prepare.ts'
import type { Signals, Whereabouts } from '../../provider/access/signals.ts'
import { scoreText } from '../../provider/risk/score.ts'
import { systemClock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { plainWords } from '../../shared/settings/plain-words.ts'
import { visible } from '../../shared/settings/visible.ts'
import { columns } from '../columns.ts'
import { describedRisk } from './described-risk.ts'
import { knownOfProvider } from './known-of-provider.ts'
import { isSound, openPolicies, type ReadingOptions, whatActs } from './policy.ts'

/**
 * `postern policy explain`: what the policies of a folder would say of a sign-in.
 * @throws Fault `settings` if one of them is wrong
 */
export async function explainSignIn(
  directory: string,
  { risk, ...given }: GivenSignIn,
  { json = false, config }: ReadingOptions,
): Promise<void> {
  const signIn = readSignIn({
    at: new Date(systemClock.now()).toISOString().slice(0, 19) + 'Z',
    ...given,
  })
  const opened = await openPolicies(directory, await knownOfProvider(config))
  if (!isSound(opened)) return
  const risks = risk && describedRisk(risk)
  const signals = { ...signalsOf(signIn, opened.locate), ...(risks && riskSignals(risks)) }
  const decision = evaluate(signals, preparePolicies(opened.policies))
  if (json) {
    const { whereabouts } = signals
    console.log(JSON.stringify({ signIn, ...(risks && { risks }), whereabouts, ...decision }))
    return
  }
  console.log(
    visibleLines([...head(signIn, signals), '', ...body(decision, opened.policies), whatActs]),
  )
}

/** Options of the command line, by the names of `DescribedSignIn`. */
export interface GivenSignIn {
  /** Facts that risk is measured by. */
  readonly risk?: readonly string[]
  readonly [name: string]: unknown
}

function riskSignals({ signIn, user }: ReturnType<typeof describedRisk>): Partial<Signals> {
  return {
    signInRisk: signIn.level,
    userRisk: user.level,
    riskBecause: { signInRisk: scoreText(signIn), userRisk: scoreText(user) },
  }
}

// Line by line, since names in files are whatever somebody called them.
function visibleLines(parts: readonly string[]): string {
  return parts
    .flatMap((part) => part.split('\n'))
    .map(visible)
    .join('\n')
}

function readSignIn(given: Readonly<Record<string, unknown>>): DescribedSignIn {
  const read = describedSignIn.safeParse(given, { error: plainWords })
  if (read.success) return read.data
  const said = read.error.issues.map(
    ({ path, message }) => `${optionOf(String(path[0]))} ${message}`,
  )
  throw new Fault('settings', said.join('\n'))
}

/** Options of the command line that are called otherwise than in a file of cases. */
const optionNames: Readonly<Record<string, string>> = {
  groups: '--group',
  roles: '--role',
  authenticationContexts: '--context',
  userAction: '--action',
  authenticationFlow: '--flow',
}

function optionOf(name: string): string {
  return (
    optionNames[name] ?? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  )
}

function head(signIn: DescribedSignIn, signals: Signals): string[] {
  const said = Object.entries(signIn).map(([name, value]: [string, unknown]) => {
    return `${name} ${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`
  })
  const known = { ...signIn, ...signals }
  const unknown = describable.filter((name) => known[name] === undefined)
  const needless = signIn.userAction === undefined ? 'userAction' : 'app'
  const open = unknown.filter((name) => name !== needless)
  return [
    `Sign-in: ${said.join(', ')}`,
    `Where: ${placeText(signals.whereabouts)}`,
    ...riskLines(signals),
    ...(open.length > 0 ? [`Not known, so the safe side is taken: ${open.join(', ')}`] : []),
  ]
}

function riskLines({ riskBecause }: Signals): string[] {
  if (riskBecause === undefined) return []
  return [`Sign-in risk: ${riskBecause.signInRisk}`, `User risk: ${riskBecause.userRisk}`]
}

const describable = [
  'user',
  'groups',
  'roles',
  'app',
  'ip',
  'platform',
  'signInRisk',
  'userRisk',
] as const

function placeText(whereabouts: Whereabouts | undefined): string {
  const { inside = [], unsure = [], trusted } = whereabouts ?? {}
  const trust = trusted === undefined ? 'trusted or not is not known' : trustText(trusted)
  return [
    inside.length > 0 ? inside.join(', ') : 'no named location',
    ...(unsure.length > 0 ? [`perhaps ${unsure.join(', ')}`] : []),
    trust,
  ].join('; ')
}

function trustText(trusted: boolean): string {
  return trusted ? 'trusted' : 'not trusted'
}

function body(decision: Decision, policies: readonly NamedPolicy[]): string[] {
  const disabled = policies.filter(({ state }) => state === 'disabled').map(({ name }) => name)
  return [
    ...decision.policies.flatMap(({ policy, state, match, conditions }) => [
      `${policy} (${stateTexts[state]}): ${matchTexts[match]}`,
      columns(conditions.map(row)),
      '',
    ]),
    ...(disabled.length > 0 ? [`Disabled, so not asked: ${disabled.join(', ')}`, ''] : []),
    `Decision: ${verdictText(decision)}`,
    ...(decision.policies.some(({ state }) => state === 'enabledForReportingButNotEnforced')
      ? [`If the report-only policies were enabled: ${verdictText(decision.reportOnly)}`]
      : []),
  ]
}

const stateTexts: Readonly<Record<PolicyState, string>> = {
  enabled: 'enabled',
  disabled: 'disabled',
  enabledForReportingButNotEnforced: 'report-only',
}

const matchTexts: Readonly<Record<Match, string>> = {
  matched: 'applies',
  notMatched: 'does not apply',
  unknown: 'applies, since not all is known',
}

const legend: Readonly<Record<Match, string>> = {
  matched: 'hit',
  notMatched: 'miss',
  unknown: 'unknown',
}

function row({ condition, match, because }: ConditionResult): string[] {
  return [legend[match], condition, because]
}

function saidBy({ policy, reason }: Demand): string {
  return reason === undefined ? policy : `${policy}: ${reason}`
}

function skipsText({ skips }: Requirement): string {
  if (skips === undefined) return ''
  return `; who has no second factor can put it off ${skips === 1 ? 'once' : `${skips} times`}`
}

function verdictText({ result, blockedBy, requirements, session }: Verdict): string {
  const limits = Object.entries(session).map(
    ([name, { value, policy }]) =>
      `${name} ${value}${typeof value === 'number' ? ' s' : ''} (${policy})`,
  )
  return [
    result,
    ...blockedBy.map((demand) => `  blocked by ${saidBy(demand)}`),
    ...requirements.map((requirement) => {
      const { operator, controls } = requirement
      const needed = controls.join(operator === 'AND' ? ' and ' : ' or ')
      return `  needs ${needed} (${saidBy(requirement)})${skipsText(requirement)}`
    }),
    ...limits.map((text) => `  session: ${text}`),
  ].join('\n')
}
