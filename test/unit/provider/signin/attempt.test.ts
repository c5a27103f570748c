import { expect } from 'chai'
import { type Attempt, createAttempts } from '../../../../provider/signin/attempt.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

describe('attempts', () => {
  const clock = stoppedClock()
  const store = createMemoryStore(clock)
  const attempts = createAttempts(store, 60)

  it('are empty at first, and then what was saved last', async () => {
    expect(await attempts.load('one')).to.deep.equal({})
    const saved: Attempt[] = [
      { username: 'alice' },
      { username: 'alice', realm: 'corp', problem: { input: 'noPassword' } },
      { problem: { outcome: { name: 'accountLocked' }, reference: 'R' } },
      { problem: { outcome: { name: 'unavailable', reason: 'noAgent' }, reference: 'R' } },
    ]
    for (const attempt of saved) {
      await attempts.save('one', attempt)
      expect(await attempts.load('one')).to.deep.equal(attempt)
    }
    expect(await attempts.load('another')).to.deep.equal({})
  })

  it('last as long as the interaction', async () => {
    await attempts.save('short', { username: 'alice' })
    clock.advance(59_999)
    expect(await attempts.load('short')).to.deep.equal({ username: 'alice' })
    clock.advance(1)
    expect(await attempts.load('short')).to.deep.equal({})
  })

  it('can be removed', async () => {
    await attempts.save('done', { username: 'alice' })
    await attempts.remove('done')
    expect(await attempts.load('done')).to.deep.equal({})
  })

  it('of another version begin again', async () => {
    for (const text of ['{"user":"alice"}', '{"problem":{"outcome":{"name":"ok"}}}', '[]']) {
      await store.set('attempt:old', text)
      expect(await attempts.load('old'), text).to.deep.equal({})
    }
  })
})
