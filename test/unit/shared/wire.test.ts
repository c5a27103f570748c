import { expect } from 'chai'
import { Fault } from '../../../shared/fault.ts'
import {
  decodeQuestion,
  decodeVerdict,
  type PasswordQuestion,
  type Question,
  type Verdict,
} from '../../../shared/wire.ts'

const bound = { v: 1, id: 'q1', agent: 'a', realm: 'corp', instance: 'p' } as const
const question: PasswordQuestion = {
  ...bound,
  at: 1,
  expires: 2,
  reference: 'R1',
  username: 'alice',
  password: 'hunter2',
}
const verdict: Verdict = {
  ...bound,
  at: 1,
  requestHash: 'h'.repeat(43),
  outcome: { name: 'wrongPassword' },
}

function refusal(decode: () => unknown): string {
  try {
    decode()
  } catch (error) {
    expect(error).to.be.instanceOf(Fault)
    expect((error as Fault).kind).to.equal('badMessage')
    return (error as Fault).message
  }
  throw new Error('it was accepted')
}

describe('wire messages', () => {
  it('come out as they went in', () => {
    expect(decodeQuestion(JSON.stringify(question))).to.deep.equal(question)
    expect(decodeVerdict(JSON.stringify(verdict))).to.deep.equal(verdict)
  })

  it('may ask about an account, and then carry no password', () => {
    const { username: _, password: __, ...about } = question
    const lookup: Question = { ...about, accountId: '42' }
    expect(decodeQuestion(JSON.stringify(lookup))).to.deep.equal(lookup)
    for (const more of [{ password: 'hunter2' }, { username: 'alice' }, { newPassword: 'x' }]) {
      refusal(() => decodeQuestion(JSON.stringify({ ...lookup, ...more })))
    }
    expect(refusal(() => decodeQuestion(JSON.stringify({ ...lookup, accountId: '' })))).to.contain(
      'accountId',
    )
  })

  it('are refused in another version', () => {
    expect(refusal(() => decodeQuestion(JSON.stringify({ ...question, v: 2 })))).to.contain('v')
  })

  it('are refused with a field that is not agreed', () => {
    refusal(() => decodeQuestion(JSON.stringify({ ...question, bindName: 'cn=admin' })))
    const outcome = { name: 'wrongPassword', account: { id: '1', claims: {} } }
    refusal(() => decodeVerdict(JSON.stringify({ ...verdict, outcome })))
  })

  it('are refused without a field', () => {
    const { password: _, ...rest } = question
    expect(refusal(() => decodeQuestion(JSON.stringify(rest)))).to.contain('password')
  })

  it('are refused with an empty password, which many directories take for anonymous', () => {
    refusal(() => decodeQuestion(JSON.stringify({ ...question, password: '' })))
  })

  it('know no outcome outside the closed list', () => {
    refusal(() => decodeVerdict(JSON.stringify({ ...verdict, outcome: { name: 'maybe' } })))
    const outcome = { name: 'unavailable', reason: 'tired' }
    refusal(() => decodeVerdict(JSON.stringify({ ...verdict, outcome })))
  })

  it('are never quoted in the refusal, since they may hold a password', () => {
    const notJson = `{"password":"hunter2"`
    expect(refusal(() => decodeQuestion(notJson))).not.to.contain('hunter2')
    const badType = JSON.stringify({ ...question, at: 'hunter2' })
    expect(refusal(() => decodeQuestion(badType))).not.to.contain('hunter2')
  })
})
