import type {
  AccessExample,
  Counts,
  PolicyFindings,
} from '../../provider/signin-log/policy-findings.ts'
import type { PolicyReport } from '../../provider/signin-log/policy-report.ts'
import type { Period } from '../../provider/signin-log/read-records.ts'
import { visible } from '../../shared/settings/visible.ts'
import { columns } from '../columns.ts'
import { utcTime } from '../utc-time.ts'
import { count } from './policy.ts'

/** What is printed: times are milliseconds since the epoch. */
export interface PrintedReport extends Period, PolicyReport {
  /** Days that sign-ins are kept, by the settings. */
  readonly keepDays: number
  /** Sign-ins that there were, and that are not in the report. */
  readonly notKept: number
}

// A screen; JSON has all of them.
const most = 5

/**
 * PURE. The report for people. What is in a name is whatever somebody called themselves or their file.
 * @param policy the one that was asked for, if it was one
 * @param names of all policies that there are records of
 */
export function reportText(
  report: PrintedReport,
  policy: string | undefined,
  names: readonly string[],
): string {
  const { policies } = report
  const parts = [head(report), ...policies.map(findingsText), ...missing(report, policy, names)]
  return parts.join('\n\n')
}

function head({
  since,
  until,
  signIns,
  people,
  refused,
  changed,
  keepDays,
}: PrintedReport): string {
  const days = count(keepDays, 'day')
  const kept = keepDays === 0 ? 'Sign-ins are not kept: signInRecords.keepDays is 0.' : undefined
  const short = until - since > keepDays * 86_400_000 ? `Sign-ins are kept for ${days}.` : undefined
  const would = [
    ...(changed.block > 0 ? [`${changed.block} would have been blocked`] : []),
    ...(changed.ask > 0 ? [`${changed.ask} would have been asked for more`] : []),
  ]
  return [
    `From ${utcTime(since)} to ${utcTime(until)}`,
    `${count(signIns, 'sign-in')} of ${people} ${people === 1 ? 'person' : 'people'}, ${refused} refused.`,
    ...(would.length > 0 ? [`With the report-only policies enabled: ${would.join(', ')}.`] : []),
    ...((kept ?? short) ? [kept ?? short] : []),
  ].join('\n')
}

function missing(
  { notKept, policies }: PrintedReport,
  policy: string | undefined,
  names: readonly string[],
): string[] {
  const others = names.length > 0 ? ` There are: ${names.map(visible).join(', ')}.` : ''
  const none =
    policy === undefined
      ? 'No policy was asked about any of them.'
      : `No policy ${visible(policy)} was asked about any of them.${others}`
  return [
    ...(policies.length === 0 ? [none] : []),
    ...(notKept > 0 ? [`And ${notKept} more were not kept, and are not in this report.`] : []),
  ]
}

function findingsText(found: PolicyFindings): string {
  const isActing = found.state === 'enabled'
  const would = isActing ? '' : 'would have '
  const rows = [
    [`${would}blocked`, found.blocked, ''],
    [`${would}asked`, found.asked, countsText(found.controls)],
    ['had shown what it asks for', found.met, ''],
    ['limited the session', found.limited, ''],
    ['could not tell', found.notSure, notSureText(found)],
    ['not touched', found.untouched, ''],
    ['also refreshes of tokens', found.refreshes, 'at most one an hour of each person and app'],
  ] as const
  const always = new Set([`${would}blocked`, `${would}asked`, 'could not tell', 'not touched'])
  const shown = rows.filter(([name, number]) => number > 0 || always.has(name))
  const width = Math.max(...shown.map(([, number]) => String(number).length))
  return [
    `${visible(found.policy)} (${isActing ? 'enabled' : 'report-only'})`,
    columns(
      shown.map(([name, number, why]) => [name, String(number).padStart(width), visible(why)]),
    ),
    ...whoText(found),
  ].join('\n')
}

function notSureText({ unknown, notSureWants }: PolicyFindings): string {
  const wants = Object.keys(notSureWants)
  return wants.length === 0 ? '' : `not known: ${countsText(unknown)}; it wants ${wants.join(', ')}`
}

function whoText({ people, apps, examples }: PolicyFindings): string[] {
  if (people.length === 0) return []
  const who = people.map(({ user, sub, signIns }) => `${user ?? sub} ${signIns}`)
  return [
    `  people: ${shortened(who)}`,
    `  apps: ${shortened(Object.entries(apps).map(([app, number]) => `${app} ${number}`))}`,
    columns(
      examples.map(row).map((cells) => cells.map(visible)),
      '    ',
    ),
  ]
}

function row(example: AccessExample): string[] {
  const { at, reference, user, sub, clientId, clientAddress, wants, unknown, isLetIn } = example
  const why = unknown === undefined ? '' : ` (not known: ${unknown.join(', ')})`
  const came = isLetIn ? 'let in' : 'refused'
  return [utcTime(at), reference, user ?? sub, clientId, clientAddress, came, `${wants}${why}`]
}

function countsText(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ')
}

function shortened(all: readonly string[]): string {
  const more = all.length > most ? `, and ${all.length - most} more` : ''
  return visible(all.slice(0, most).join(', ')) + more
}
