import { expect } from 'chai'
import { pino } from 'pino'
import type { Noted } from '../../../../../provider/agents/successes.ts'
import type { AskedLookup } from '../../../../../provider/broker/asked.ts'
import type { Verdict } from '../../../../../provider/broker/verdict-source.ts'
import type { FactorRefused, Proven } from '../../../../../provider/mfa/second-factors.ts'
import {
  createPasskeyStep,
  type PasskeyCheck,
} from '../../../../../provider/signin/factors/passkey-step.ts'
import type { SigninAsked, SigninEntry } from '../../../../../provider/signin-log/signin-log.ts'
import { Fault } from '../../../../../shared/fault.ts'
import type { Outcome } from '../../../../../shared/outcome.ts'
import { expectFault } from '../../../../support/rejection.ts'

const amr = ['hwk', 'user', 'mfa']
const person = { sub: 'corp:42', username: 'alice@corp.example' }
const proven: Proven = {
  person,
  factor: { id: 'f1', method: 'passkey', name: 'Phone', createdAt: 0 },
  amr,
  at: 0,
}
const account = { id: '42', claims: { groups: ['staff'] } }
const ok: Outcome = { name: 'ok', account }
const check: PasskeyCheck = {
  form: new Map([['challenge', 'c']]),
  secondOpinion: ({ claims }) => claims['groups'] !== undefined,
  clientId: 'demo-app',
  clientAddress: '192.0.2.1',
  reference: '7KQ-M2X-9TF',
}

function setUp(given: {
  answer?: Verdict | Fault
  proof?: { proven: Proven } | FactorRefused
  signedInAs?: string
  owner?: string
}) {
  const { answer = { outcome: ok, requestId: 'r', agent: 'a', milliseconds: 3 } } = given
  const asked: AskedLookup[] = []
  const recorded: SigninEntry[] = []
  const faults: SigninAsked[] = []
  const noted: [agent: string, success: Noted][] = []
  const lines: Record<string, unknown>[] = []
  const step = createPasskeyStep({
    factors: { prove: async () => given.proof ?? { proven } },
    accounts: {
      find: async () => ({ ...account, ...(given.signedInAs && { signedInAs: given.signedInAs }) }),
      subOfName: async () => given.owner,
    },
    broker: {
      admit: async (question) => {
        asked.push(question)
        if (answer instanceof Fault) throw answer
        return answer
      },
    },
    signinLog: {
      record: (entry) => void recorded.push(entry),
      recordFault: (of) => void faults.push(of),
    },
    successes: { note: (...one) => void noted.push(one) },
    log: pino(
      {},
      { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
    ),
  })
  return { step, asked, recorded, faults, noted, lines }
}

const said = (outcome: Outcome): Verdict => ({
  outcome,
  requestId: 'r',
  agent: 'a',
  milliseconds: 3,
})

describe('passkey step', () => {
  it('asks for the account of whoever the passkey is, and knows who signed in', async () => {
    const { step, asked, recorded, noted } = setUp({})
    const signedInAs = person.username
    expect(await step(check)).to.deep.equal({
      accountId: 'corp:42',
      account: { ...account, signedInAs },
      amr,
      proofs: [{ method: 'passkey', amr }],
    })
    expect(asked[0]).to.include({ realm: 'corp', accountId: '42', reference: check.reference })
    expect(recorded[0]).to.include({ method: 'passkey', sub: 'corp:42', username: signedInAs })
    expect(noted[0]?.[0]).to.equal('a')
  })

  it('wants a second agent to say the same where policies do, and says that it did', async () => {
    const second = { agent: 'b', requestId: 'r2' }
    const { step, asked } = setUp({ answer: { ...said(ok), second } })
    const { proofs = [] } = (await step(check)) as { proofs?: readonly { method: string }[] }
    expect(proofs.map(({ method }) => method)).to.deep.equal(['passkey', 'secondOpinion'])
    const { secondOpinion } = asked[0] ?? {}
    expect(typeof secondOpinion === 'function' && secondOpinion(account)).to.equal(true)
    expect(typeof secondOpinion === 'function' && secondOpinion({ id: '1', claims: {} })).to.equal(
      false,
    )
  })

  it('knows people by the name that they signed in with last', async () => {
    const { step, recorded } = setUp({ signedInAs: 'alice.new@corp.example', owner: 'corp:42' })
    const { account: known } = (await step(check)) as { account?: object }
    expect(known).to.include({ signedInAs: 'alice.new@corp.example' })
    expect(recorded[0]?.username).to.equal('alice.new@corp.example')
  })

  it('gives nobody a name that is somebody else’s by now', async () => {
    const { step, recorded } = setUp({ owner: 'corp:43' })
    const { account: known } = (await step(check)) as { account?: object }
    expect(known).to.not.have.property('signedInAs')
    expect(recorded[0]?.username).to.equal('')
  })

  for (const name of ['accountDisabled', 'accountExpired', 'unknownUser', 'notNow'] as const) {
    it(`lets nobody in who is ${name}, and records whose account that is`, async () => {
      const { step, recorded, noted } = setUp({ answer: said({ name }) })
      expect(await step(check)).to.deep.equal({
        problem: { outcome: { name }, reference: check.reference, isPasskey: true },
      })
      expect(recorded[0]).to.include({ sub: 'corp:42', method: 'passkey' })
      expect(noted).to.deep.equal([])
    })
  }

  it('tells nobody but the log why nobody can be asked', async () => {
    const outcome = { name: 'unavailable', reason: 'directoryDown', detail: 'refused' } as const
    const { step, recorded } = setUp({ answer: said(outcome) })
    expect(await step(check)).to.deep.nested.include({
      'problem.outcome': { name: 'unavailable', reason: 'directoryDown' },
    })
    expect(recorded[0]?.outcome).to.deep.equal(outcome)
  })

  it('believes no answer that is about somebody else', async () => {
    const other: Outcome = { name: 'ok', account: { id: '43', claims: {} } }
    const { step, noted } = setUp({ answer: said(other) })
    expect(await step(check)).to.deep.nested.include({
      'problem.outcome': { name: 'unavailable', reason: 'misconfigured' },
    })
    expect(noted).to.deep.equal([])
  })

  it('asks nobody about a passkey that is not right, and logs why', async () => {
    const proof = { refused: 'wrong', wait: 10, passwordAgain: true } as const
    const { step, asked, lines } = setUp({ proof })
    expect(await step(check)).to.deep.equal({
      problem: { factor: { refused: 'wrong', wait: 10 }, method: 'passkey' },
    })
    expect(asked).to.deep.equal([])
    const { reference } = check
    expect(lines[0]).to.include({ reference, refused: 'wrong', msg: 'a passkey was not accepted' })
  })

  it('takes none that asked for no finger, face or PIN, whatever the settings', async () => {
    const { step, asked } = setUp({ proof: { proven: { ...proven, amr: ['hwk', 'user'] } } })
    expect(await step(check)).to.deep.nested.include({
      'problem.factor': { refused: 'notVerified' },
    })
    expect(asked).to.deep.equal([])
  })

  it('is in the log also when nobody knows how it ended', async () => {
    const { step, faults } = setUp({ answer: new Fault('busDown', 'gone') })
    await expectFault(step(check), 'busDown')
    expect(faults[0]).to.include({ method: 'passkey', realm: 'corp' })
  })
})
