import { expect } from 'chai'
import type { AccessEntry } from '../../../../provider/signin-log/access-entry.ts'
import { brief, recordOfAccess } from '../../../../provider/signin-log/record-of.ts'

const demanding = (operator: 'AND' | 'OR') => ({
  policy: operator,
  state: 'enabled',
  applies: true,
  match: 'matched' as const,
  conditions: [],
  demands: { operator, controls: ['mfa', 'termsOfUse:guests'] },
})
const entry: AccessEntry = {
  reference: '7KQ-M2X-9TF',
  clientAddress: '192.0.2.1',
  clientId: 'shop',
  sub: 'corp:1',
  step: 'authorization',
  isLetIn: true,
  decision: 'ask',
  policies: ['AND', 'OR'],
  judged: [demanding('AND'), demanding('OR')],
}
const met = (shown: readonly string[]) =>
  recordOfAccess({ ...entry, shown }, 0, 'set')?.applied.map(({ isMet = false }) => isMet)

describe('what is kept of what policies said', () => {
  it('tells who had shown what a policy asks for: all of it, or one where one is enough', () => {
    expect(met([])).to.deep.equal([false, false])
    expect(met(['mfa'])).to.deep.equal([false, true])
    expect(met(['mfa', 'termsOfUse:guests'])).to.deep.equal([true, true])
  })

  it('has nothing of policies for the person', () => {
    const reportOnly = { decision: 'block', policies: ['OR'] } as const
    const record = recordOfAccess({ ...entry, reportOnly }, 0, 'set')
    if (record === undefined) throw new Error('an authorization is kept')
    expect(record).to.include({ reportOnly: 'block', policySet: 'set' })
    const told = brief(record)
    expect(told).to.deep.include({ decision: 'ask', isLetIn: true, applied: [] })
    expect(told).not.to.have.any.keys('reportOnly', 'policySet')
  })
})
