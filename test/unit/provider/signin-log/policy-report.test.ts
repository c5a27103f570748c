import { expect } from 'chai'
import { policyReport } from '../../../../provider/signin-log/policy-report.ts'
import type { AccessRecord } from '../../../../provider/signin-log/sign-in-record.ts'

const noon = Date.UTC(2026, 10, 20, 12)
const listed = (policy: string, state = 'enabledForReportingButNotEnforced') => ({ policy, state })
const sets = new Map([
  ['first', [listed('mfa'), listed('office')]],
  ['later', [listed('mfa', 'enabled'), listed('office')]],
])

const record = (more: Partial<AccessRecord> = {}, hours = 0): AccessRecord => ({
  kind: 'authorization',
  at: noon + hours * 3_600_000,
  reference: `REF-${hours}`,
  clientAddress: '192.0.2.1',
  clientId: 'shop',
  sub: 'corp:1',
  user: 'ada',
  isLetIn: true,
  decision: 'allow',
  applied: [],
  policySet: 'first',
  ...more,
})
const mfa = { policy: 'mfa', wants: ['mfa'] } as const
const office = { policy: 'office', wants: 'block' } as const
const report = (...records: readonly AccessRecord[]) => policyReport(records, sets)
const findings = (...records: readonly AccessRecord[]) => report(...records).policies

describe('the report on policies', () => {
  it('counts each sign-in once for each policy: blocked, asked, or not touched', () => {
    const [asks, blocks] = findings(
      record({ applied: [mfa, office], reportOnly: 'block' }),
      record({ applied: [mfa], reportOnly: 'ask' }, 1),
      record({}, 2),
    )
    expect(asks).to.deep.include({ policy: 'mfa', signIns: 3, blocked: 0, asked: 2, untouched: 1 })
    expect(asks?.controls).to.deep.equal({ mfa: 2 })
    expect(blocks).to.deep.include({ policy: 'office', blocked: 1, asked: 0, untouched: 2 })
  })

  it('keeps apart what it could not tell, and says what was not known', () => {
    const unknown = { ...mfa, unknown: ['signInRiskLevels', 'locations'] }
    const [asks] = findings(
      record({ applied: [unknown] }),
      record({ applied: [{ ...unknown, unknown: ['locations'] }] }, 1),
    )
    expect(asks).to.deep.include({ asked: 0, notSure: 2, untouched: 0 })
    expect(asks?.unknown).to.deep.equal({ locations: 2, signInRiskLevels: 1 })
    expect(asks?.notSureWants).to.deep.equal({ mfa: 2 })
  })

  it('keeps apart those who had shown what it asks for, and limits of sessions', () => {
    const either = { ...mfa, wants: ['mfa', 'termsOfUse:x'], isEither: true } as const
    const [asks] = findings(
      record({ applied: [{ ...mfa, isMet: true }] }),
      record({ applied: [{ ...mfa, wants: 'limit' }] }),
      record({ applied: [either] }),
    )
    expect(asks).to.deep.include({ met: 1, limited: 1, asked: 1 })
    expect(asks?.controls).to.deep.equal({ 'mfa or termsOfUse:x': 1 })
    expect(
      asks?.people.map(({ signIns }) => signIns),
      'people it stood in the way of',
    ).to.deep.equal([1])
  })

  it('says who and which apps, most first, with the newest as examples', () => {
    const bob = { sub: 'corp:2', user: 'bob', clientId: 'wiki' }
    const [asks] = findings(
      record({ applied: [mfa] }),
      ...[1, 2, 3, 4, 5].map((hour) => record({ ...bob, applied: [mfa] }, hour)),
      record({ sub: 'corp:3' }, 6),
    )
    expect(asks?.people).to.deep.equal([
      { sub: 'corp:2', user: 'bob', signIns: 5 },
      { sub: 'corp:1', user: 'ada', signIns: 1 },
    ])
    expect(Object.entries(asks?.apps ?? {})).to.deep.equal([
      ['wiki', 5],
      ['shop', 1],
    ])
    expect(asks?.examples.map(({ reference }) => reference)).to.deep.equal(
      [5, 4, 3, 2, 1].map((hour) => `REF-${hour}`),
    )
    expect(asks?.examples[0]).to.deep.equal({
      at: noon + 5 * 3_600_000,
      reference: 'REF-5',
      sub: 'corp:2',
      user: 'bob',
      clientId: 'wiki',
      clientAddress: '192.0.2.1',
      isLetIn: true,
      wants: 'mfa',
    })
  })

  it('has report-only policies first, and one whose state was changed twice', () => {
    const all = findings(
      record({ applied: [mfa] }),
      record({ policySet: 'later', applied: [mfa], decision: 'ask', isLetIn: false }, 1),
    )
    expect(all.map(({ policy, state, asked }) => [policy, state, asked])).to.deep.equal([
      ['mfa', 'enabledForReportingButNotEnforced', 1],
      ['office', 'enabledForReportingButNotEnforced', 0],
      ['mfa', 'enabled', 1],
    ])
  })

  it('does not count a sign-in from before there was the policy', () => {
    const { policySet: _none, ...before } = record()
    const found = report(before, record({}, 1))
    expect(found.signIns).to.equal(2)
    expect(found.policies.map(({ signIns }) => signIns)).to.deep.equal([1, 1])
  })

  it('counts refreshes by themselves', () => {
    const found = report(
      record({ applied: [office], reportOnly: 'block' }),
      record({ kind: 'refresh', applied: [office], reportOnly: 'block' }, 1),
    )
    expect(found).to.deep.include({ signIns: 1, people: 1, changed: { block: 1, ask: 0 } })
    expect(found.policies[1]).to.deep.include({ policy: 'office', blocked: 1, refreshes: 1 })
  })
})
