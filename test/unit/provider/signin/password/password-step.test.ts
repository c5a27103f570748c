import { expect } from 'chai'
import type { Noted } from '../../../../../provider/agents/successes.ts'
import type { Answer, Asked } from '../../../../../provider/broker/asked.ts'
import type { TriedPassword } from '../../../../../provider/risk/risk.ts'
import {
  createPasswordStep,
  type PasswordCheck,
} from '../../../../../provider/signin/password/password-step.ts'
import type { SigninAsked, SigninEntry } from '../../../../../provider/signin-log/signin-log.ts'
import { Fault } from '../../../../../shared/fault.ts'
import type { Outcome } from '../../../../../shared/outcome.ts'
import { expectFault } from '../../../../support/rejection.ts'

const check: PasswordCheck = {
  uid: 'one',
  realm: 'corp',
  username: 'alice@corp.example',
  password: 'open sesame',
  clientId: 'demo-app',
  clientAddress: '192.0.2.1',
  reference: '7KQ-M2X-9TF',
}
const account = { id: '42', claims: {} }
const ok: Outcome = { name: 'ok', account }

function setUp(verify: (asked: Asked) => Promise<Answer>) {
  const asked: Asked[] = []
  const recorded: SigninEntry[] = []
  const noted: [agent: string, success: Noted][] = []
  const faults: { asked: SigninAsked; thrown: unknown }[] = []
  const tried: TriedPassword[] = []
  const noting = { end: Promise.resolve() }
  const floors: { milliseconds: number; end: () => void }[] = []
  const step = createPasswordStep({
    broker: {
      verify: (question) => {
        asked.push(question)
        return verify(question)
      },
    },
    signinLog: {
      record: (entry) => void recorded.push(entry),
      recordFault: (of, thrown) => void faults.push({ asked: of, thrown }),
    },
    successes: { note: (...one) => void noted.push(one) },
    risk: {
      tried: (attempt) => {
        tried.push(attempt)
        return noting.end
      },
    },
    delay: (milliseconds) =>
      new Promise((resolve) => floors.push({ milliseconds, end: () => resolve(undefined) })),
  })
  return { step, asked, recorded, noted, faults, floors, tried, noting }
}

const answer = (outcome: Outcome) => async () => ({ outcome, requestId: 'r', milliseconds: 3 })

/** Whether the promise has settled once everything that can go on now has gone on. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const settle = () => {
    settled = true
  }
  promise.then(settle, settle)
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

describe('password step', () => {
  it('asks the broker for the person as typed, under the reference', async () => {
    const { step, asked } = setUp(answer(ok))
    await step(check)
    const { realm, username, password, reference } = check
    expect(asked).to.deep.equal([{ realm, username, password, reference }])
  })

  it('knows who signed in, and does not let them wait', async () => {
    const { step, recorded } = setUp(answer(ok))
    expect(await step(check)).to.deep.equal({ accountId: 'corp:42', account, proofs: [] })
    expect(recorded).to.have.length(1)
    expect(recorded[0]).to.include({ sub: 'corp:42', reference: check.reference })
  })

  it('notes for each agent that vouched whom it let in, and for none whom it refused', async () => {
    const second = { agent: 'b', requestId: 'r2' }
    const both = { outcome: ok, requestId: 'r', agent: 'a', second, milliseconds: 3 }
    const { step, noted } = setUp(async () => both)
    await step(check)
    const { realm, reference, clientId } = check
    const success = { realm, sub: 'corp:42', reference, clientId }
    expect(noted).to.deep.equal([
      ['a', { ...success, alsoBy: 'b' }],
      ['b', { ...success, alsoBy: 'a' }],
    ])
    const refused = setUp(async () => ({ ...both, outcome: { name: 'wrongPassword' } }))
    const result = refused.step(check)
    refused.floors[0]?.end()
    await result
    expect(refused.noted).to.deep.equal([])
  })

  for (const name of ['wrongPassword', 'unknownUser'] as const) {
    it(`holds ${name} back until the floor, which began with the question`, async () => {
      const { step, floors, recorded } = setUp(answer({ name }))
      const result = step(check)
      expect(floors.map(({ milliseconds }) => milliseconds)).to.deep.equal([400])
      expect(await isSettled(result)).to.equal(false)
      expect(recorded, 'recorded at once').to.have.length(1)
      floors[0]?.end()
      expect(await result).to.deep.equal({
        problem: { outcome: { name }, reference: check.reference },
      })
    })
  }

  it('tells risk of each answer, by the name as typed, and waits until it is noted', async () => {
    const about = { realm: 'corp', username: check.username, address: check.clientAddress }
    const right = setUp(answer(ok))
    let noted = () => {}
    right.noting.end = new Promise((resolve) => {
      noted = resolve
    })
    const result = right.step(check)
    expect(await isSettled(result)).to.equal(false)
    noted()
    await result
    await right.step({ ...check, newPassword: 'close sesame' })
    const success = { ...about, outcome: 'ok', sub: 'corp:42' }
    expect(right.tried).to.deep.equal([
      { ...success, changed: false },
      { ...success, changed: true },
    ])
    for (const name of ['wrongPassword', 'unknownUser', 'accountLocked'] as const) {
      const wrong = setUp(answer({ name }))
      const refused = wrong.step(check)
      wrong.floors[0]?.end()
      await refused
      expect(wrong.tried).to.deep.equal([{ ...about, outcome: name, changed: false }])
    }
  })

  it('tells risk nothing of a check of which nobody knows the answer', async () => {
    const { step, tried } = setUp(() => Promise.reject(new Fault('busDown', 'no Redis')))
    await expectFault(step(check), 'busDown')
    await step({ ...check, password: '' })
    expect(tried).to.deep.equal([])
  })

  it('keeps the detail of an unavailable directory for the log', async () => {
    const outcome = {
      name: 'unavailable',
      reason: 'directoryDown',
      detail: 'ECONNREFUSED',
    } as const
    const { step, floors, recorded } = setUp(answer(outcome))
    const result = step(check)
    floors[0]?.end()
    expect(await result).to.deep.equal({
      problem: {
        outcome: { name: 'unavailable', reason: 'directoryDown' },
        reference: check.reference,
      },
    })
    expect(recorded[0]?.outcome).to.deep.equal(outcome)
  })

  it('remembers that it was to change the password, since that may have happened', async () => {
    const outcome = { name: 'unavailable', reason: 'agentLost' } as const
    const { step, floors } = setUp(answer(outcome))
    const result = step({ ...check, newPassword: 'close sesame' })
    floors[0]?.end()
    const { reference } = check
    expect(await result).to.deep.equal({ problem: { outcome, reference, isChange: true } })
  })

  it('asks nobody about an empty password', async () => {
    const { step, asked, recorded } = setUp(answer(ok))
    expect(await step({ ...check, password: '' })).to.deep.equal({
      problem: { input: 'noPassword' },
    })
    expect(asked).to.deep.equal([])
    expect(recorded).to.deep.equal([])
  })

  it('asks nobody about a password no directory can have, and says it is wrong', async () => {
    const { step, asked, floors, recorded } = setUp(answer(ok))
    const result = step({ ...check, password: 'x'.repeat(1025) })
    expect(await isSettled(result)).to.equal(false)
    floors[0]?.end()
    expect(await result).to.deep.equal({
      problem: { outcome: { name: 'wrongPassword' }, reference: check.reference },
    })
    expect(asked).to.deep.equal([])
    expect(recorded).to.have.length(1)
    expect(await step({ ...check, password: 'x'.repeat(1024) })).to.have.property('accountId')
    const change = step({ ...check, password: 'x'.repeat(1025), newPassword: 'close sesame' })
    floors[2]?.end()
    expect(await change).to.have.nested.property('problem.outcome.name', 'wrongOldPassword')
  })

  it('asks once when a double click sends the form twice', async () => {
    const answers: ((answer: Answer) => void)[] = []
    const { step, asked, recorded } = setUp(() => new Promise((resolve) => answers.push(resolve)))
    const both = [step(check), step({ ...check, reference: 'another' })]
    answers[0]?.({ outcome: ok, requestId: 'r', milliseconds: 3 })
    expect(await Promise.all(both)).to.deep.equal([
      { accountId: 'corp:42', account, proofs: [] },
      { accountId: 'corp:42', account, proofs: [] },
    ])
    expect(asked).to.have.length(1)
    expect(recorded).to.have.length(1)
  })

  it('asks again when the first answer is in, and when anything is different', async () => {
    const { step, asked } = setUp(answer(ok))
    await step(check)
    await step(check)
    await Promise.all([
      step(check),
      step({ ...check, password: 'another' }),
      step({ ...check, uid: 'two' }),
      step({ ...check, username: 'bob@corp.example' }),
    ])
    expect(asked).to.have.length(6)
  })

  it('records a check that ended in a fault, and passes the fault on', async () => {
    const down = new Fault('busDown', 'no Redis')
    const { step, faults } = setUp(() => Promise.reject(down))
    await expectFault(step(check), 'busDown')
    expect(faults).to.have.length(1)
    expect(faults[0]?.thrown).to.equal(down)
    expect(faults[0]?.asked).to.include({ reference: check.reference, realm: 'corp' })
  })

  it('never hands the password to the log', async () => {
    const { step, recorded, faults } = setUp(answer(ok))
    await step(check)
    expect(JSON.stringify([recorded, faults])).not.to.include(check.password)
  })
})
