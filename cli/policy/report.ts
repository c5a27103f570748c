import { type PolicyReport, policyReport } from '../../provider/signin-log/policy-report.ts'
import { readPolicySets } from '../../provider/signin-log/policy-sets.ts'
import { type Period, readRecords } from '../../provider/signin-log/read-records.ts'
import type { AccessRecord, SignInRecord } from '../../provider/signin-log/sign-in-record.ts'
import type { Store } from '../../shared/store.ts'
import { withSealedStore } from '../sealed-store.ts'
import { momentOf } from './moment.ts'
import { type PrintedReport, reportText } from './report-text.ts'

export interface ReportOptions {
  readonly config: string
  readonly since: string
  readonly until?: string
  readonly policy?: string
  readonly json?: true
}

/**
 * `postern policy report`: what policies did with the sign-ins of a time, and what those that only
 * report would have done.
 * @throws Fault `settings`, `storeDown`
 */
export async function reportPolicies(options: ReportOptions): Promise<void> {
  const { config, since, until = '0m', policy, json } = options
  const report = await withSealedStore(config, 'policy-report', ({ settings, store, clock }) => {
    const now = clock.now()
    const period = {
      since: momentOf('--since', since, now),
      until: Math.min(now, momentOf('--until', until, now)),
    }
    return makeReport(store, period, settings.signInRecords.keepDays)
  })
  const policies = report.policies.filter((one) => policy === undefined || one.policy === policy)
  if (json) console.log(JSON.stringify({ ...report, policies }))
  else console.log(reportText({ ...report, policies }, policy, namesOf(report)))
}

async function makeReport(store: Store, period: Period, keepDays: number): Promise<PrintedReport> {
  const { records, notKept } = await readRecords(store, 'known', period)
  const access = records.filter(isAccess)
  const lists = new Set(access.flatMap(({ policySet }) => policySet ?? []))
  const sets = await readPolicySets(store, [...lists])
  // A list outlives its records, but whoever owns Redis may have taken it away.
  const whole = access.filter(({ policySet }) => policySet === undefined || sets.has(policySet))
  const missing = notKept + access.length - whole.length
  return { ...period, keepDays, notKept: missing, ...policyReport(whole, sets) }
}

function isAccess(record: SignInRecord): record is AccessRecord {
  return record.kind !== 'check'
}

function namesOf({ policies }: PolicyReport): readonly string[] {
  return [...new Set(policies.map(({ policy }) => policy))]
}
