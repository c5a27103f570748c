import { expect } from 'chai'
import { createCondition } from '../../../agent/condition.ts'
import { type AgentSituation, agentWarnings } from '../../../agent/warnings.ts'
import type { Outcome } from '../../../shared/outcome.ts'
import { stoppedClock } from '../../support/stopped-clock.ts'

const day = 86_400_000
const no: Outcome = { name: 'wrongPassword' }
const down: Outcome = { name: 'unavailable', reason: 'directoryDown' }
const calm: AgentSituation = { now: 1_000 * day, directories: [], unchecked: [] }
const warned = (more: Partial<AgentSituation>): string[] =>
  agentWarnings({ ...calm, ...more }).map(({ name }) => name)

/** What is warned of after these answers; milliseconds each, or `down`. */
function after(answers: readonly (number | 'down')[], later = 0): string[] {
  const clock = stoppedClock()
  const condition = createCondition(['corp'], clock)
  for (const answer of answers) {
    if (answer === 'down') condition.answered('corp', down, 2_000)
    else condition.answered('corp', no, answer)
  }
  clock.advance(later)
  return warned({ now: clock.now(), directories: condition.directories() })
}

describe('an agent', () => {
  it('has nothing to warn of when all is well', () => {
    expect(warned({})).to.deep.equal([])
    expect(after([])).to.deep.equal([])
    expect(after([5, 5, 5, 5, 5, 5])).to.deep.equal([])
  })

  it('warns of a directory that is slow in general, not of one slow answer', () => {
    expect(after([5, 5, 5, 5, 5, 4_000])).to.deep.equal([])
    expect(after([1_100, 1_100, 1_100, 1_100])).to.deep.equal([])
    expect(after([1_100, 1_100, 1_100, 1_100, 1_100])).to.deep.equal(['directorySlow'])
  })

  it('warns no more once the directory is fast again, or was not asked for five minutes', () => {
    const slow = Array.from({ length: 5 }, () => 1_100)
    expect(after([...slow, 5, 5])).to.deep.equal([])
    expect(after(slow, 300_000)).to.deep.equal(['directorySlow'])
    expect(after(slow, 300_001)).to.deep.equal([])
  })

  it('warns of a directory that fails twice in a row, until it answers', () => {
    expect(after([5, 'down'])).to.deep.equal([])
    expect(after([5, 'down', 'down'])).to.deep.equal(['directoryUnreachable'])
    expect(after([5, 'down', 'down', 5])).to.deep.equal([])
  })

  it('does not blame the directory for what the agent itself had no time for', () => {
    const condition = createCondition(['corp'], stoppedClock())
    const busy: Outcome = { name: 'unavailable', reason: 'overloaded' }
    for (let times = 0; times < 5; times += 1) condition.answered('corp', busy, 1)
    expect(warned({ directories: condition.directories() })).to.deep.equal([])
  })

  it('warns of two days that its certificate has left, since it should be renewed by then', () => {
    expect(warned({ certificateEnds: calm.now + 2 * day })).to.deep.equal([])
    expect(warned({ certificateEnds: calm.now + 2 * day - 1 })).to.deep.equal(['certificateEnding'])
  })

  it('warns of a clock that is more than two seconds off, either way', () => {
    expect(warned({ clockAhead: 2_000 })).to.deep.equal([])
    expect(warned({ clockAhead: 2_001 })).to.deep.equal(['clockOff'])
    expect(warned({ clockAhead: -2_001 })).to.deep.equal(['clockOff'])
  })

  it('warns of what is not encrypted, and of a proxy that is down', () => {
    expect(warned({ unchecked: ['redis://r:6379'] })).to.deep.equal(['noTlsCheck'])
    expect(warned({ isProxyDown: true })).to.deep.equal(['proxyUnreachable'])
  })
})
