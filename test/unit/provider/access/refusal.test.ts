import { expect } from 'chai'
import type { Decision, Requirement } from '../../../../provider/access/decision.ts'
import { refusalOf } from '../../../../provider/access/refusal.ts'

describe('a refusal', () => {
  const verdict = { blockedBy: [], requirements: [], session: {} }
  const decision = (part: Partial<Decision>): Decision => ({
    result: 'allow',
    ...verdict,
    reportOnly: { result: 'allow', ...verdict },
    policies: [],
    ...part,
  })
  const requirement = (policy: string): Requirement => ({
    policy,
    reason: `because of ${policy}`,
    operator: 'AND',
    controls: ['mfa'],
  })

  it('is none of what is allowed', () => {
    expect(refusalOf(decision({}))).to.equal(undefined)
  })

  it('names every policy that blocks, and says each reason once', () => {
    const blockedBy = [{ policy: 'a', reason: 'R' }, { policy: 'b' }, { policy: 'c', reason: 'R' }]
    expect(refusalOf(decision({ result: 'block', blockedBy }))).to.deep.equal({
      because: 'blocked',
      policies: ['a', 'b', 'c'],
      reasons: ['R'],
    })
  })

  it('is what cannot be shown, since a password is all there is', () => {
    const requirements = [requirement('mfa')]
    expect(refusalOf(decision({ result: 'ask', requirements }))).to.deep.equal({
      because: 'unmet',
      policies: ['mfa'],
      reasons: ['because of mfa'],
    })
  })
})
