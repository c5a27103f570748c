import { expect } from 'chai'
import { pino } from 'pino'
import { createWarningLog } from '../../../shared/warning-log.ts'
import type { LoggedLine } from '../../support/logged.ts'

function opened() {
  const lines: LoggedLine[] = []
  const write = (line: string) => lines.push(JSON.parse(line) as LoggedLine)
  return { lines, say: createWarningLog(pino({ level: 'info' }, { write })) }
}

describe('the log of warnings', () => {
  it('says a warning once when it begins and once when it has ended', () => {
    const { lines, say } = opened()
    say([{ name: 'singleAgent', realm: 'corp' }])
    say([{ name: 'singleAgent', realm: 'corp' }])
    say([])
    say([])
    expect(lines.map(({ msg }) => msg)).to.deep.equal([
      'one live agent alone serves the realm',
      'no more: one live agent alone serves the realm',
    ])
    expect(lines[0]).to.include({ level: 40, warningCode: 'PST-302', realm: 'corp' })
    expect(lines[0]).to.have.property('advice')
  })

  it('says nothing new when only a number in it changes', () => {
    const { lines, say } = opened()
    say([{ name: 'directorySlow', realm: 'corp', detail: '1200 ms' }])
    say([{ name: 'directorySlow', realm: 'corp', detail: '1300 ms' }])
    expect(lines.map(({ detail }) => detail)).to.deep.equal(['1200 ms'])
  })

  it('tells the same warning about two agents apart', () => {
    const { lines, say } = opened()
    say([{ name: 'clockOff', agent: 'a' }])
    say([{ name: 'clockOff', agent: 'b' }])
    expect(lines.map(({ agent, level }) => ({ agent, level }))).to.deep.equal([
      { agent: 'a', level: 40 },
      { agent: 'b', level: 40 },
      { agent: 'a', level: 30 },
    ])
  })

  it('is as loud as the warning is severe', () => {
    const { lines, say } = opened()
    say([{ name: 'noAgent' }, { name: 'singleAgent' }, { name: 'oldVersion' }])
    expect(lines.map(({ level }) => level)).to.deep.equal([50, 40, 30])
  })
})
