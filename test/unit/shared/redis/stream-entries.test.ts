import { expect } from 'chai'
import {
  entriesOfRange,
  entriesOfRead,
  isOlder,
  timeOf,
} from '../../../../shared/redis/stream-entries.ts'

describe('entries of a Redis stream', () => {
  it('are read from what XREAD gives', () => {
    const reply = [['stream', [['1-0', ['a', '1', 'b', '2']]]]]
    expect(entriesOfRead(reply)).to.deep.equal([{ id: '1-0', entry: { a: '1', b: '2' } }])
    expect(entriesOfRead(null)).to.deep.equal([])
  })

  it('may have lost their fields', () => {
    const reply = [
      ['1-0', null],
      ['2-0', []],
    ]
    expect(entriesOfRange(reply)).to.deep.equal([{ id: '1-0' }, { id: '2-0' }])
  })

  it('cannot set the prototype of what they become', () => {
    const [read] = entriesOfRange([['1-0', ['__proto__', 'x', 'a', '1']]])
    expect(Object.entries(read?.entry ?? {})).to.deep.equal([
      ['__proto__', 'x'],
      ['a', '1'],
    ])
    expect(Object.getPrototypeOf(read?.entry)).to.equal(Object.prototype)
  })

  it('are in the order of their ids', () => {
    expect(isOlder('9-0', '10-0')).to.equal(true)
    expect(isOlder('10-2', '10-10')).to.equal(true)
    expect(isOlder('10-0', '10-0')).to.equal(false)
    expect(isOlder('18446744073709551615-1', '18446744073709551615-2')).to.equal(true)
    expect(isOlder('0-0', '1-0')).to.equal(true)
  })

  it('say when they were added', () => {
    expect(timeOf('1795255255474-12')).to.equal(1795255255474)
  })
})
