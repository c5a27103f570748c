import { expect } from 'chai'
import { createLog, type Logger } from '../../../shared/log.ts'

function logTo(lines: string[]): Logger {
  const destination = { write: (line: string) => void lines.push(line) }
  return createLog({ level: 'info', process: 'test' }, destination)
}

function logged(facts: object): Record<string, unknown> {
  const lines: string[] = []
  logTo(lines).info(facts, 'said')
  return JSON.parse(lines.join('')) as Record<string, unknown>
}

describe('log', () => {
  it('writes one JSON object a line, with the process, the time and the facts', () => {
    const line = logged({ realm: 'corp', count: 2, none: undefined, at: new Date(0) })
    expect(line).to.include({ process: 'test', realm: 'corp', count: 2, msg: 'said' })
    expect(line).to.include({ at: '1970-01-01T00:00:00.000Z' })
    expect(line['time']).to.match(/^\d{4}-\d\d-\d\dT/)
    expect(line).not.to.have.property('none')
  })

  it('never writes what is called a secret, at whatever depth', () => {
    const secret = 'hunter2'
    const line = logged({
      password: secret,
      form: { password: secret, username: 'alice' },
      requests: [{ headers: { authorization: secret, cookie: secret } }],
      tokens: { access_token: secret, deep: { deeper: { client_secret: secret } } },
    })
    expect(JSON.stringify(line)).not.to.include(secret)
    expect(line).to.deep.include({ form: { password: '[redacted]', username: 'alice' } })
  })

  it('nor in what children carry, nor in errors', () => {
    const lines: string[] = []
    const error = Object.assign(new Error('refused'), { password: 'hunter2', code: 'E1' })
    logTo(lines).child({ reference: 'R', token: 'hunter2' }).info({ err: error }, 'failed')
    expect(lines.join('')).not.to.include('hunter2')
    const line = JSON.parse(lines[0] ?? '') as { err: object; reference: string }
    expect(line.reference).to.equal('R')
    expect(line.err).to.include({ message: 'refused', code: 'E1' })
  })

  it('survives facts that contain themselves', () => {
    const circle: Record<string, unknown> = { name: 'round' }
    circle['self'] = circle
    expect(JSON.stringify(logged({ circle }))).to.include('[too deep]')
  })
})
