import { expect } from 'chai'
import { readable } from '../../../../cli/local/readable-log.ts'

const line = { level: 40, time: '2026-11-21T09:44:56.123Z', process: 'provider', msg: 'trouble' }

describe('a log line for people', () => {
  it('has time, level, process and message in columns', () => {
    expect(readable(line)).to.equal('09:44:56 warn  provider trouble')
    expect(readable({ ...line, level: 50, process: 'agent' })).to.equal(
      '09:44:56 error agent    trouble',
    )
  })

  it('has the fields that say why, quoted where they need it', () => {
    const fields = { redis: 'localhost:6379', detail: 'it broke', count: 3, list: ['a'] }
    expect(readable({ ...line, ...fields })).to.equal(
      '09:44:56 warn  provider trouble redis=localhost:6379 detail="it broke" count=3 list=["a"]',
    )
  })

  it('has an error as its message, without the stack', () => {
    const err = { type: 'Error', message: 'no such thing', stack: 'Error: no such thing\n at x' }
    expect(readable({ ...line, err })).to.equal(
      '09:44:56 warn  provider trouble err="no such thing"',
    )
  })
})
