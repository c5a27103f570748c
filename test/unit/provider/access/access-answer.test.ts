import { expect } from 'chai'
import { accessAnswer } from '../../../../provider/access/access-answer.ts'
import type { Decision, Requirement } from '../../../../provider/access/decision.ts'

describe('what becomes of a decision', () => {
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

  const nothing = { satisfied: [], available: [] }
  const asks = decision({ result: 'ask', requirements: [requirement('mfa')] })

  it('is nothing where all is allowed, or was shown', () => {
    expect(accessAnswer(decision({}), nothing)).to.deep.equal({ next: 'nothing' })
    const answer = accessAnswer(asks, { satisfied: ['mfa'], available: [] })
    expect(answer).to.deep.equal({ next: 'nothing' })
  })

  it('names every policy that blocks, and says each reason once', () => {
    const blockedBy = [{ policy: 'a', reason: 'R' }, { policy: 'b' }, { policy: 'c', reason: 'R' }]
    expect(accessAnswer(decision({ result: 'block', blockedBy }), nothing)).to.deep.equal({
      next: 'refuse',
      refusal: { because: 'blocked', policies: ['a', 'b', 'c'], reasons: ['R'] },
    })
  })

  it('is to ask for what can be shown', () => {
    expect(accessAnswer(asks, { satisfied: [], available: ['mfa'] })).to.deep.equal({
      next: 'ask',
      control: 'mfa',
      reasons: ['because of mfa'],
    })
  })

  it('is a refusal where it cannot', () => {
    expect(accessAnswer(asks, nothing)).to.deep.equal({
      next: 'refuse',
      refusal: { because: 'unmet', policies: ['mfa'], reasons: ['because of mfa'] },
    })
  })
})
