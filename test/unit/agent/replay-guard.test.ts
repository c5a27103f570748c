import { expect } from 'chai'
import { createReplayGuard } from '../../../agent/replay-guard.ts'

describe('replay guard', () => {
  it('lets an id pass once', () => {
    const guard = createReplayGuard()
    expect(guard.isFirst('q1', 1_000, 0)).to.equal(true)
    expect(guard.isFirst('q1', 1_000, 0)).to.equal(false)
    expect(guard.isFirst('q2', 1_000, 0)).to.equal(true)
  })

  it('still knows an id after many others', () => {
    const guard = createReplayGuard()
    guard.isFirst('mine', 10_000, 0)
    for (let i = 0; i < 5_000; i += 1) guard.isFirst(`other-${i}`, 100, 200)
    expect(guard.isFirst('mine', 10_000, 200)).to.equal(false)
  })
})
