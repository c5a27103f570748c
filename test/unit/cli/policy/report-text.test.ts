import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { PrintedReport } from '../../../../cli/policy/report-text.ts'
import { reportText } from '../../../../cli/policy/report-text.ts'
import { policyReport } from '../../../../provider/signin-log/policy-report.ts'
import type { AccessRecord } from '../../../../provider/signin-log/sign-in-record.ts'

const day = 86_400_000
const until = Date.UTC(2026, 10, 21, 9)
const reportOnly = 'enabledForReportingButNotEnforced'
const sets = new Map([
  [
    'set',
    [
      { policy: 'mfa-elsewhere', state: reportOnly },
      { policy: 'office-hours', state: 'enabled' },
    ],
  ],
])

const record = (minutes: number, more: Partial<AccessRecord>): AccessRecord => ({
  kind: 'authorization',
  at: until - minutes * 60_000,
  reference: '7KQ-M2X-9TF',
  clientAddress: '192.0.2.7',
  clientId: 'shop',
  sub: 'corp:1',
  user: 'ada',
  isLetIn: true,
  decision: 'allow',
  applied: [],
  policySet: 'set',
  ...more,
})
const asked = {
  clientAddress: '203.0.113.7',
  reportOnly: 'ask',
  applied: [{ policy: 'mfa-elsewhere', wants: ['mfa'] }],
} as const
const unsure = {
  ...asked,
  applied: [{ policy: 'mfa-elsewhere', wants: ['mfa'], unknown: ['users'] }],
} as const
const blocked = {
  isLetIn: false,
  decision: 'block',
  applied: [{ policy: 'office-hours', wants: 'block' }],
} as const
const bob = { sub: 'corp:2', user: 'bob' }

const records = [
  ...Array.from({ length: 90 }, (_, at) => record(9_000 - at, {})),
  record(4_000, { ...asked, reference: '2DM-8WQ-1XA' }),
  record(3_000, { ...blocked, ...bob, reference: '0QT-5ZK-7RB' }),
  record(2_000, { ...unsure, ...bob, clientId: 'wiki', reference: '9HN-3CE-4VP' }),
  record(1_000, { ...asked, reference: '7KQ-M2X-9TF' }),
]

const report = (more: Partial<PrintedReport> = {}): PrintedReport => ({
  since: until - 7 * day,
  until,
  keepDays: 30,
  notKept: 0,
  ...policyReport(records, sets),
  ...more,
})
const names = ['mfa-elsewhere', 'office-hours']

describe('the printed report on policies', () => {
  it('is as docs/policies.md shows it', () => {
    const page = readFileSync(new URL('../../../../docs/policies.md', import.meta.url), 'utf8')
    const [, shown] = /^```text\n(From .*?)\n```$/ms.exec(page) ?? []
    expect(reportText(report(), undefined, names)).to.equal(shown)
  })

  it('says what is not in it', () => {
    const text = reportText(report({ notKept: 12, since: until - 60 * day }), undefined, names)
    expect(text).to.contain('\nSign-ins are kept for 30 days.\n')
    expect(text).to.match(/\n\nAnd 12 more were not kept, and are not in this report\.$/)
    const off = reportText(report({ keepDays: 0, ...policyReport([], sets) }), undefined, [])
    expect(off).to.contain('\nSign-ins are not kept: signInRecords.keepDays is 0.\n')
    expect(off).to.match(/\n\nNo policy was asked about any of them\.$/)
  })

  it('says which policies there are in place of one that there is not', () => {
    const text = reportText(report({ policies: [] }), 'mfa', names)
    expect(text).to.match(
      /\nNo policy mfa was asked about any of them\. There are: mfa-elsewhere, office-hours\.$/,
    )
  })

  it('prints no control characters that somebody put into a name', () => {
    const evil = [record(1, { ...asked, user: 'ada\u001b[2J\nrefused' })]
    const text = reportText(report(policyReport(evil, sets)), undefined, names)
    expect(text).to.contain('ada\\u001b[2J\\u000arefused')
  })
})
