import { expect } from 'chai'
import { BusyError, InvalidCredentialsError } from 'ldapts'
import { failureOf, failureOfCode, type Step } from '../../../../agent/backends/ldap-failure.ts'

describe('ldap failures', () => {
  const host = 'dc1.corp.example:636'
  const steps: readonly Step[] = ['connect', 'service bind', 'search', 'bind']

  const table: readonly [code: number, step: Step, reason: string, ofServer: boolean][] = [
    [49, 'service bind', 'serviceAccount', true],
    [50, 'service bind', 'serviceAccount', true],
    [53, 'service bind', 'serviceAccount', true],
    [19, 'service bind', 'serviceAccount', true],
    [34, 'service bind', 'serviceAccount', true],
    [8, 'service bind', 'misconfigured', true],
    [13, 'service bind', 'misconfigured', true],
    [1, 'search', 'serviceAccount', false],
    [50, 'search', 'serviceAccount', false],
    [10, 'search', 'misconfigured', false],
    [18, 'search', 'misconfigured', false],
    [32, 'search', 'misconfigured', false],
    [87, 'search', 'misconfigured', false],
    [3, 'search', 'directoryTimeout', true],
    [11, 'search', 'overloaded', true],
    [51, 'search', 'overloaded', true],
    [52, 'search', 'directoryDown', true],
    [80, 'search', 'directoryDown', true],
    [51, 'bind', 'overloaded', true],
    [52, 'bind', 'directoryDown', true],
    [8, 'bind', 'misconfigured', false],
    [34, 'bind', 'misconfigured', false],
    [2, 'connect', 'misconfigured', true],
    [52, 'connect', 'directoryDown', true],
  ]

  for (const [code, step, reason, ofServer] of table) {
    it(`takes result ${code} of a ${step} for ${reason}`, () => {
      expect(failureOfCode(code, { step, host })).to.deep.equal({
        step,
        reason,
        detail: `${step}: result ${code} (${host})`,
        ofServer,
        lost: false,
      })
    })
  }

  it('has a reason for every code of every step', () => {
    for (const step of steps) {
      for (let code = 1; code < 4096; code += 1) {
        expect(failureOfCode(code, { step, host }).reason).to.be.a('string')
      }
    }
  })

  it('takes the code from what ldapts throws', () => {
    expect(failureOf(new BusyError(), { step: 'search', host })).to.include({
      reason: 'overloaded',
    })
    const error = new InvalidCredentialsError('data 52e, uid=ok')
    const failure = failureOf(error, { step: 'service bind', host })
    expect(failure).to.include({ reason: 'serviceAccount' })
    expect(failure.detail).not.to.contain('uid=ok')
  })

  const errors: readonly [errno: string, reason: string][] = [
    ['ECONNREFUSED', 'directoryDown'],
    ['ECONNRESET', 'directoryDown'],
    ['ENOTFOUND', 'directoryDown'],
    ['EAI_AGAIN', 'directoryDown'],
    ['EHOSTUNREACH', 'directoryDown'],
    ['EPROTO', 'directoryDown'],
    ['ETIMEDOUT', 'directoryTimeout'],
  ]
  for (const [errno, reason] of errors) {
    it(`takes ${errno} for ${reason}`, () => {
      const error = Object.assign(new Error(`connect ${errno} 10.0.0.1`), { code: errno })
      const failure = failureOf(error, { step: 'connect', host })
      expect(failure).to.include({ reason, ofServer: true, detail: `connect: ${errno} (${host})` })
    })
  }

  it('says that it took too long, whatever was thrown then', () => {
    const failure = failureOf(new Error('closed'), { step: 'bind', host, timedOut: true })
    expect(failure).to.include({ reason: 'directoryTimeout', lost: false, ofServer: true })
  })

  it('says what is wrong with a certificate', () => {
    const circumstances = { step: 'connect', host, certificateError: 'CERT_HAS_EXPIRED' } as const
    expect(failureOf(new Error('x'), circumstances)).to.include({
      reason: 'misconfigured',
      detail: `connect: certificate refused, CERT_HAS_EXPIRED (${host})`,
    })
  })

  it('calls a connection lost only if something was under way on it', () => {
    const lost = steps.map((step) => failureOf(new Error('closed'), { step, host }).lost)
    expect(lost).to.deep.equal([false, false, true, true])
  })

  it('has a reason for whatever is thrown', () => {
    for (const thrown of [undefined, 'text', { code: 49 }, new TypeError('x')]) {
      expect(failureOf(thrown, { step: 'search', host }).reason).to.equal('directoryDown')
    }
  })
})
