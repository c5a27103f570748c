import { expect } from 'chai'
import { type Attempt, attemptIn } from '../../../../provider/signin/attempt.ts'

describe('attempts', () => {
  it('are empty at first, and then what was kept', () => {
    expect(attemptIn({})).to.deep.equal({})
    const attempts: Attempt[] = [
      { username: 'alice' },
      { username: 'alice', realm: 'corp', problem: { input: 'noPassword' } },
      { problem: { outcome: { name: 'accountLocked' }, reference: 'R' } },
      { problem: { outcome: { name: 'unavailable', reason: 'noAgent' }, reference: 'R' } },
    ]
    for (const kept of attempts) expect(attemptIn({ kept })).to.deep.equal(kept)
  })

  it('of another version begin again', () => {
    for (const kept of [{ user: 'alice' }, { problem: { outcome: { name: 'ok' } } }, [], null]) {
      expect(attemptIn({ kept }), JSON.stringify(kept)).to.deep.equal({})
    }
  })
})
