import { expect } from 'chai'
import { pino } from 'pino'
import { createOutliers } from '../../../../provider/broker/outliers.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

function start() {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) })
  const clock = stoppedClock()
  const outliers = createOutliers({ clock, log })
  const fail = (agent: string, times: number, others = ['b']) => {
    for (let count = 0; count < times; count += 1) outliers.failed('corp', agent, others)
  }
  const asked = (realm = 'corp') => outliers.worthAsking(realm, ['a', 'b'])
  const logged = () => lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
  return { clock, outliers, fail, asked, logged }
}

describe('outliers', () => {
  it('are said to be left alone once, and to be back once', () => {
    const { outliers, fail, asked, logged } = start()
    fail('a', 20)
    expect(asked()).to.deep.equal(['b'])
    expect(logged()).to.deep.equal(['the agent is left alone for a while: others do better'])
    outliers.didWell('corp', 'a')
    outliers.didWell('corp', 'a')
    expect(asked()).to.deep.equal(['a', 'b'])
    expect(logged().slice(1)).to.deep.equal(['the agent does well again'])
  })

  it('never are the last', () => {
    const { fail, asked, logged } = start()
    fail('a', 3)
    fail('b', 9, ['a'])
    expect(asked()).to.deep.equal(['a', 'b'])
    expect(logged()).to.have.length(1)
  })

  it('are tried out with one question at a time', () => {
    const { clock, outliers, fail, asked } = start()
    fail('a', 3)
    clock.advance(5_000)
    expect(asked()).to.deep.equal(['a'])
    outliers.sent('corp', 'a')
    expect(asked()).to.deep.equal(['b'])
    fail('a', 1)
    expect(asked()).to.deep.equal(['b'])
    clock.advance(10_000)
    expect(asked()).to.deep.equal(['a'])
  })

  it('are tried out anew when a trial never came to an end', () => {
    const { clock, outliers, fail, asked } = start()
    fail('a', 3)
    clock.advance(5_000)
    outliers.sent('corp', 'a')
    clock.advance(10_000)
    expect(asked()).to.deep.equal(['a'])
  })

  it('are those that take no question and answer none, not those with a long queue', () => {
    const { clock, outliers, asked } = start()
    const sentAt = clock.now()
    clock.advance(400)
    outliers.didWell('corp', 'a')
    const ignore = () => outliers.ignored('corp', 'a', { sentAt, others: ['b'] })
    for (let count = 0; count < 10; count += 1) ignore()
    expect(asked()).to.deep.equal(['a', 'b'])
    const later = { sentAt: clock.now() + 1, others: ['b'] }
    for (let count = 0; count < 3; count += 1) outliers.ignored('corp', 'a', later)
    expect(asked()).to.deep.equal(['b'])
  })

  it('of one realm may do well for another', () => {
    const { fail, asked } = start()
    fail('a', 3)
    expect(asked('lab')).to.deep.equal(['a', 'b'])
  })
})
