import { expect } from 'chai'
import {
  afterFailure,
  afterSuccess,
  doesWell,
  type Standing,
  untroubled,
  worthAsking,
} from '../../../../provider/broker/outlier.ts'

const now = 1_000_000

/** After so many failures in a row, one right after the other. */
function failed(times: number, othersDoWell = true, at = now): Standing {
  let standing = untroubled
  for (let count = 0; count < times; count += 1) standing = afterFailure(standing, at, othersDoWell)
  return standing
}

describe('an agent that fails', () => {
  it('stays in for two failures and is left alone for five seconds at the third', () => {
    expect(failed(2).isOut).to.equal(false)
    expect(failed(3)).to.include({ isOut: true, until: now + 5_000 })
  })

  it('stays in if no other agent does better', () => {
    expect(failed(30, false).isOut).to.equal(false)
  })

  it('is not left alone for failures with a success in between', () => {
    expect(failed(2)).not.to.deep.equal(untroubled)
    expect(afterFailure(afterSuccess(failed(2), now), now, true).isOut).to.equal(false)
  })

  it('is not left alone longer for questions that were already on their way', () => {
    expect(failed(50).until).to.equal(now + 5_000)
  })

  it('is left alone twice as long each time it is tried out in vain, two minutes at most', () => {
    let standing = failed(3)
    const durations = Array.from({ length: 7 }, () => {
      const at = standing.until
      standing = afterFailure(standing, at, true)
      return (standing.until - at) / 1000
    })
    expect(durations).to.deep.equal([10, 20, 40, 80, 120, 120, 120])
  })

  it('stays out when tried out in vain, also if by then no other does better', () => {
    const standing = failed(3)
    expect(afterFailure(standing, standing.until, false).isOut).to.equal(true)
  })

  it('is back at its first success', () => {
    const back = afterSuccess(failed(3), now + 5_000)
    expect(back).to.include({ isOut: false, failures: 0 })
    expect(doesWell(back)).to.equal(true)
  })

  it('is left alone longer if it fails again soon, and as at first after two good minutes', () => {
    const back = afterSuccess(failed(3), now + 5_000)
    const again = (at: number) => {
      let standing = back
      for (let count = 0; count < 3; count += 1) standing = afterFailure(standing, at, true)
      return standing.until - at
    }
    expect(again(now + 30_000)).to.equal(10_000)
    expect(again(now + 5_000 + 120_000)).to.equal(5_000)
  })
})

describe('the agents worth asking', () => {
  const agent = (name: string, standing: Standing = untroubled, isOnTrial = false) => {
    return { name, standing, isOnTrial }
  }
  const names = (
    agents: readonly { name: string; standing: Standing; isOnTrial: boolean }[],
    at = now,
  ) => worthAsking(agents, at).map(({ name }) => name)

  it('are all that are in', () => {
    expect(names([agent('a'), agent('b')])).to.deep.equal(['a', 'b'])
    expect(names([agent('a'), agent('b', failed(3)), agent('c')])).to.deep.equal(['a', 'c'])
  })

  it('are, when its time alone is over, the one to try out, with one question', () => {
    const out = failed(3)
    expect(names([agent('a'), agent('b', out)], now + 4_999)).to.deep.equal(['a'])
    expect(names([agent('a'), agent('b', out)], now + 5_000)).to.deep.equal(['b'])
    expect(names([agent('a'), agent('b', out, true)], now + 5_000)).to.deep.equal(['a'])
  })

  it('are everybody when nobody does well', () => {
    expect(names([agent('a', failed(3, false)), agent('b', failed(3))])).to.deep.equal(['a', 'b'])
    expect(names([agent('b', failed(3))])).to.deep.equal(['b'])
    expect(names([])).to.deep.equal([])
  })
})
