import { setImmediate } from 'node:timers/promises'
import { evaluate } from '../../provider/access/evaluate.ts'
import { createLocator } from '../../provider/access/locate.ts'
import { locationsFile } from '../../provider/access/locations.ts'
import type { NamedPolicy } from '../../provider/access/policy.ts'
import { policyFile } from '../../provider/access/policy-schema.ts'
import { type PreparedPolicies, preparePolicies } from '../../provider/access/prepare.ts'
import type { Signals } from '../../provider/access/signals.ts'
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts'
import { median, quantile, rounded } from './statistics.ts'

/** What it costs to ask many policies about one sign-in, explanations included. */
export const policies: Benchmark = {
  about: 'milliseconds to evaluate 100, 1,000 and 10,000 policies for one sign-in',
  run,
}

const sizes = [100, 1000, 10_000] as const

interface Size {
  readonly policies: number
  readonly prepareMs: number
  /** Of the fastest tenth: what other processes add falls on long evaluations first. */
  readonly p10Ms: number
  readonly p50Ms: number
}

async function run({ quick, signal, say }: BenchmarkOptions): Promise<Report> {
  say('evaluating sign-ins of different people at different places, with all explanations')
  const signIns = sampleSignIns()
  const prepared = sizes.map((count) => timedPrepare(samplePolicies(count)))
  const times: number[][] = sizes.map(() => [])
  // In turns, so that whatever else the machine does falls on all sizes.
  for (let round = 0; round < (quick ? 3 : 60); round += 1) {
    await setImmediate()
    signal.throwIfAborted()
    for (const [at, { set }] of prepared.entries()) {
      const each = round < warmUp && !quick ? [] : (times[at] ?? [])
      for (const signIn of signIns) each.push(timed(signIn, set))
    }
  }
  return report(
    sizes.map((count, at) => ({
      policies: count,
      prepareMs: prepared[at]?.ms ?? Number.NaN,
      p10Ms: quantile(times[at] ?? [], 0.1),
      p50Ms: median(times[at] ?? []),
    })),
  )
}

const warmUp = 10

function timed(signIn: Signals, set: PreparedPolicies): number {
  const began = performance.now()
  const decision = evaluate(signIn, set)
  const ms = performance.now() - began
  if (decision.policies.length !== set.policies.length) throw new Error('a policy has no result')
  return ms
}

function timedPrepare(rules: readonly NamedPolicy[]): { set: PreparedPolicies; ms: number } {
  const began = performance.now()
  const set = preparePolicies(rules)
  return { set, ms: performance.now() - began }
}

function report(measured: readonly Size[]): Report {
  const [hundred, thousand, tenThousand] = measured
  if (!hundred || !thousand || !tenThousand) throw new Error('a size was not measured')
  const each = (size: Size): number => size.p10Ms / size.policies
  const p50Ms = rounded(thousand.p50Ms, 3)
  // 1 is linear: ten times as many take ten times as long.
  const growth = rounded(each(tenThousand) / each(thousand), 2)
  return {
    result: {
      p50Ms,
      growth,
      sizes: measured.map((size) => ({
        policies: size.policies,
        prepareMs: rounded(size.prepareMs, 2),
        p10Ms: rounded(size.p10Ms, 4),
        p50Ms: rounded(size.p50Ms, 4),
      })),
    },
    targets: [
      { name: 'p50Ms', value: p50Ms, most: 1 },
      { name: 'growth', value: growth, most: 1.25 },
    ],
    table: [
      ['policies', 'prepare ms', 'p10 ms', 'p50 ms', 'ns each'],
      ...measured.map((size) => [
        String(size.policies),
        size.prepareMs.toFixed(1),
        size.p10Ms.toFixed(3),
        size.p50Ms.toFixed(3),
        (each(size) * 1e6).toFixed(0),
      ]),
    ],
  }
}

/** Of every kind that people write, in turn; a tenth of them match a given sign-in. */
function samplePolicies(count: number): NamedPolicy[] {
  return Array.from({ length: count }, (_, at) => {
    const kind = kinds[at % kinds.length]
    if (!kind) throw new Error('there are kinds')
    const file = { displayName: `Policy ${at}`, state: states[at % 7] ?? 'enabled', ...kind(at) }
    return { name: `policy-${at}`, ...policyFile.parse(file) }
  })
}

const states: Readonly<Record<number, string>> = { 6: 'enabledForReportingButNotEnforced' }
const everyone = { includeUsers: ['All'], excludeGroups: ['break-glass'] }
const everyApp = { includeApplications: ['All'] }

const kinds: readonly ((at: number) => object)[] = [
  (at) => ({
    conditions: {
      users: {
        includeGroups: [`group-${at % 500}`, `admins-${at}`],
        excludeGroups: ['break-glass'],
      },
      applications: everyApp,
    },
    grantControls: { builtInControls: ['mfa'] },
  }),
  (at) => ({
    conditions: {
      users: everyone,
      applications: { includeApplications: [`app-${at % 200}`] },
      locations: { includeLocations: ['All'], excludeLocations: ['office', 'AllTrusted'] },
    },
    grantControls: { builtInControls: ['mfa'] },
  }),
  (at) => ({
    conditions: {
      users: { includeUsers: [`user-${at}@corp.example`, `user-${at + 1}@corp.example`] },
      applications: { includeApplications: ['All'], excludeApplications: [`app-${at % 200}`] },
      platforms: { includePlatforms: ['all'], excludePlatforms: ['windows', 'macOS'] },
    },
    grantControls: { builtInControls: ['block'] },
  }),
  (at) => ({
    conditions: {
      users: everyone,
      applications: { includeApplications: [`app-${at % 200}`, `app-${(at + 7) % 200}`] },
      clientAppTypes: ['browser'],
      times: {
        timeZone: at % 2 === 0 ? 'Europe/Berlin' : 'America/New_York',
        excludeTimes: [{ days: ['monday', 'tuesday'], from: '08:00', to: '18:00' }],
      },
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'], termsOfUse: ['staff'] },
  }),
  (at) => ({
    conditions: {
      users: everyone,
      applications: everyApp,
      signInRiskLevels: ['high', 'medium'],
      authenticationFlows: { transferMethods: ['deviceCodeFlow'] },
    },
    exceptions: [{ users: [`user-${at}@corp.example`], until: '2026-12-31' }],
    sessionControls: { signInFrequency: { value: 1 + (at % 24), type: 'hours' } },
  }),
]

function sampleSignIns(): Signals[] {
  const locate = createLocator(
    locationsFile.parse({
      locations: { office: { ipRanges: ['192.0.2.0/24'], isTrusted: true } },
    }),
  )
  return Array.from({ length: 20 }, (_, at) => ({
    at: Date.UTC(2026, 10, 20, at),
    user: [`user-${at * 50}@corp.example`, `corp:${at}`],
    groups: Array.from({ length: 1 + at * 3 }, (__, group) => `group-${group * 7}`),
    roles: [],
    app: `app-${at * 3}`,
    authenticationContexts: [],
    clientAppType: 'browser',
    whereabouts: locate({ ip: at % 2 === 0 ? '192.0.2.7' : '203.0.113.9' }),
    platform: at % 3 === 0 ? 'linux' : 'windows',
    signInRisk: 'none',
    userRisk: 'none',
    authenticationFlow: 'none',
  }))
}
