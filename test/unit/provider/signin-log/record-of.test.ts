import { expect } from 'chai'
import type { AccessEntry } from '../../../../provider/signin-log/access-entry.ts'
import { brief, recordOfAccess } from '../../../../provider/signin-log/record-of.ts'
import { decodeBatch } from '../../../../provider/signin-log/sign-in-record.ts'

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

  it('has the risk with what it came of, and none of it for the person', () => {
    const because = [
      { fact: 'newCountry', points: 30, text: 'a country that they have not been in' },
    ]
    const signIn = { level: 'low', points: 30, because } as const
    const user = { level: 'none', points: 0, because: [] } as const
    const record = recordOfAccess({ ...entry, risk: { signIn, user } }, 0, 'set')
    const kept = {
      signIn: { level: 'low', facts: [['newCountry', 30]] },
      user: { level: 'none', facts: [] },
    }
    expect(record?.risk).to.deep.equal(kept)
    const stored = JSON.stringify({ records: [record] })
    expect(decodeBatch(stored).records).to.deep.equal([record])
    expect(record && brief(record)).not.to.have.property('risk')
    const alone = recordOfAccess({ ...entry, step: 'refresh', risk: { user } }, 0, 'set')
    expect(alone?.risk).to.deep.equal({ user: kept.user })
    expect(recordOfAccess(entry, 0, 'set')).not.to.have.property('risk')
  })

  it('says of whom an app was told the password', () => {
    const told = recordOfAccess({ ...entry, clientAppType: 'other' }, 0, undefined)
    expect(told).to.include({ clientAppType: 'other' })
    expect(recordOfAccess(entry, 0, undefined)).to.not.have.property('clientAppType')
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
