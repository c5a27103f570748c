import { expect } from 'chai'
import { pino } from 'pino'
import { accessEntry, type LoggedDecision } from '../../../../provider/signin-log/access-entry.ts'
import { createSigninLog, recordAccess } from '../../../../provider/signin-log/signin-log.ts'
import { Fault } from '../../../../shared/fault.ts'
import type { Outcome } from '../../../../shared/outcome.ts'

function setUp(level: string) {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>)
  return { lines, log: createSigninLog(pino({ level, base: {} }, { write })) }
}

const asked = {
  reference: '7KQ-M2X-9TF',
  clientAddress: '192.0.2.1',
  clientId: 'demo-app',
  realm: 'corp',
  username: 'alice@corp.example',
}

const entry = (outcome: Outcome) => ({
  ...asked,
  outcome,
  requestId: 'request-1',
  agent: 'agent-1',
  directory: 'ldaps://dc1.corp.example:636',
  milliseconds: 7,
})

describe('sign-in log', () => {
  it('has one line for a success, with who it was', () => {
    const { lines, log } = setUp('info')
    log.record({ ...entry({ name: 'ok', account: { id: '1', claims: {} } }), sub: 'corp:1' })
    expect(lines).to.have.length(1)
    const { username: _username, ...fields } = asked
    expect(lines[0]).to.include({
      ...fields,
      level: 30,
      msg: 'sign-in',
      sub: 'corp:1',
      outcome: 'ok',
      outcomeCode: 'PST-100',
      requestId: 'request-1',
      agent: 'agent-1',
      directory: 'ldaps://dc1.corp.example:636',
      milliseconds: 7,
    })
  })

  it('tells an unknown user from a wrong password, which the page does not', () => {
    const { lines, log } = setUp('info')
    log.record(entry({ name: 'wrongPassword' }))
    log.record(entry({ name: 'unknownUser' }))
    expect(lines.map(({ outcomeCode }) => outcomeCode)).to.deep.equal(['PST-101', 'PST-102'])
    expect(lines[1]?.['operatorText']).to.match(/no account/)
  })

  it('warns when nobody could answer, with the reason and the detail', () => {
    const { lines, log } = setUp('info')
    log.record(entry({ name: 'unavailable', reason: 'directoryDown', detail: 'ECONNREFUSED' }))
    expect(lines[0]).to.include({
      level: 40,
      outcome: 'unavailable',
      reason: 'directoryDown',
      detail: 'ECONNREFUSED',
      outcomeCode: 'PST-204',
    })
  })

  it('has a line for a check that ended in a fault', () => {
    const { lines, log } = setUp('info')
    log.recordFault(asked, new Fault('busDown', 'no Redis'))
    expect(lines).to.have.length(1)
    expect(lines[0]).to.include({
      level: 50,
      outcome: 'fault',
      faultCode: 'PST-903',
      detail: 'no Redis',
      reference: asked.reference,
    })
  })

  it('keeps what was typed as a user name for debug, and claims for nobody', () => {
    const everyday = setUp('info')
    const curious = setUp('debug')
    const account = { id: '1', claims: { email: 'secret@corp.example' } }
    for (const { log } of [everyday, curious]) {
      log.record(entry({ name: 'ok', account }))
      log.recordFault(asked, new Error('odd'))
    }
    expect(JSON.stringify(everyday.lines)).not.to.include(asked.username)
    expect(JSON.stringify(curious.lines)).to.include(asked.username)
    expect(JSON.stringify(curious.lines)).not.to.include('secret@corp.example')
  })
})

describe('the log of conditional access', () => {
  const about = {
    reference: '7KQ-M2X-9TF',
    clientAddress: '192.0.2.1',
    clientId: 'demo-app',
    sub: 'corp:1',
    step: 'authorization',
  } as const
  const whole = { ...about, user: 'alice', isLetIn: true }
  const allow = { result: 'allow' } as const
  const applying = (policy: string, state: string, applies = true) => {
    const match = applies ? ('matched' as const) : ('notMatched' as const)
    return { policy, state, applies, match, conditions: [] }
  }
  const logged = (level: string, decision: LoggedDecision) => {
    const lines: Record<string, unknown>[] = []
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>)
    recordAccess(pino({ level, base: {} }, { write }), accessEntry(whole, decision))
    return lines
  }

  it('has what the policies came to, and which of them had a say', () => {
    const policies = [
      applying('a', 'enabled'),
      applying('b', 'enabledForReportingButNotEnforced'),
      applying('c', 'enabled', false),
    ]
    const [line] = logged('info', { ...allow, reportOnly: { result: 'block' }, policies })
    expect(line).to.deep.include({
      ...about,
      decision: 'allow',
      policies: ['a'],
      reportOnly: { decision: 'block', policies: ['b'] },
    })
    expect(line, 'names of people are kept, and not logged').not.to.have.property('user')
  })

  it('is silent where none of them had', () => {
    const decision = { ...allow, reportOnly: allow, policies: [applying('a', 'enabled', false)] }
    expect(logged('info', decision)).to.deep.equal([])
    expect(logged('debug', decision)).to.have.length(1)
  })
})
