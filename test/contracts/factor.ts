import { expect } from 'chai'
import {
  type Answer,
  type Asked,
  type Challenge,
  type Enrolment,
  type Factor,
  type FactorPerson,
  factorMethods,
  type RegisteredFactor,
} from '../../provider/mfa/factor.ts'

/** A factor, and a person with the device, app or paper for it. */
export interface FactorUnderTest {
  readonly factor: Factor
  /** What the person sends to enrol. */
  enrolmentForm(challenge: Challenge): Promise<Answer['form']>
  /** What the person sends to prove it, with what was enrolled. */
  proofForm(challenge: Challenge, enrolled: Enrolment): Promise<Answer['form']>
  /** After this the next right answer is another one: the time that a code is good for is over. */
  later?(): void
  /** One answer is good for several proofs: a pass that says so. */
  readonly isForSeveral?: boolean
  /** Fields that a form of this method may have. */
  readonly fields: readonly string[]
}

const ada: FactorPerson = { sub: 'corp:1', username: 'ada@corp.example' }

// RFC 8176, section 2.
const amrValues =
  'face fpt geo hwk iris kba mca mfa otp pin pop pwd rba retina sc sms swk tel user vbm wia'

/** What every factor promises: see the comments of the port in `provider/mfa/factor.ts`. */
export function factorContract(make: () => Promise<FactorUnderTest>): void {
  let under: FactorUnderTest
  let factor: Factor

  beforeEach(async () => {
    under = await make()
    factor = under.factor
  })

  const asked = (purpose: Asked['purpose'], registered: readonly RegisteredFactor[]): Asked => ({
    purpose,
    person: ada,
    registered: deepFrozen(registered),
  })

  async function enrolled(registered: readonly RegisteredFactor[] = []): Promise<Enrolment> {
    const about = asked('enrol', registered)
    const challenge = await factor.challenge(about)
    const form = await under.enrolmentForm(challenge)
    const result = await factor.enrol({ ...about, expected: challenge.expected, form })
    if ('refused' in result) throw new Error(`enrolment refused: ${result.refused}`)
    return result.enrolled
  }

  function kept({ name, data }: Enrolment, id: string): RegisteredFactor {
    // As a store gives it back.
    const { data: read } = JSON.parse(JSON.stringify({ data })) as Pick<RegisteredFactor, 'data'>
    return { id, method: factor.method, name, createdAt: 0, data: read }
  }

  async function proves(registered: readonly RegisteredFactor[], with_: Enrolment) {
    const about = asked('verify', registered)
    const challenge = await factor.challenge(about)
    const form = await under.proofForm(challenge, with_)
    const again = { ...about, expected: challenge.expected, form }
    return { result: await factor.verify(again), again }
  }

  it('is of a method that there is', () => {
    expect(factorMethods).to.include(factor.method)
  })

  it('shows what a page can be made of, and expects text', async () => {
    for (const purpose of ['enrol', 'verify'] as const) {
      const { shown, expected } = await factor.challenge(asked(purpose, []))
      expect(JSON.parse(JSON.stringify(shown))).to.deep.equal(shown)
      expect(expected).to.be.a('string')
    }
  })

  it('enrols, with a name to begin with', async () => {
    const { name, data } = await enrolled()
    expect(name).to.match(/\S/)
    expect(name.length).to.be.at.most(64)
    expect(JSON.parse(JSON.stringify(data))).to.deep.equal(data)
  })

  it('proves what was enrolled, and says how in values of RFC 8176', async () => {
    const enrolment = await enrolled()
    const registered = kept(enrolment, 'a')
    under.later?.()
    const { result } = await proves([registered], enrolment)
    if ('refused' in result) throw new Error(`proof refused: ${result.refused}`)
    expect(result.proof.factor).to.deep.equal(registered)
    expect(result.proof.amr).not.to.be.empty
    for (const value of result.proof.amr) expect(amrValues.split(' ')).to.include(value)
  })

  it('can tell that an answer came before, unless it is good for several proofs', async () => {
    const enrolment = await enrolled()
    under.later?.()
    const { result, again } = await proves([kept(enrolment, 'a')], enrolment)
    if ('refused' in result) throw new Error(`proof refused: ${result.refused}`)
    const second = await factor.challenge(asked('verify', again.registered))
    const replayed = await factor.verify({ ...again, expected: second.expected })
    expect(under.isForSeveral === true).to.equal(
      'proof' in replayed && replayed.proof.once === undefined,
    )
    if (under.isForSeveral || 'refused' in replayed) return
    expect(result.proof.once).to.be.an('object')
    expect(replayed.proof.once).to.deep.equal(result.proof.once)
    expect(result.proof.once?.remember).to.be.greaterThan(0)
  })

  it('refuses what is right for somebody else', async () => {
    const [mine, other] = [await enrolled(), await enrolled()]
    under.later?.()
    const { result } = await proves([kept(other, 'b')], mine)
    expect(result).to.deep.equal({ refused: 'wrong' })
  })

  it('refuses what is not registered any more', async () => {
    const enrolment = await enrolled()
    under.later?.()
    expect((await proves([], enrolment)).result).to.deep.equal({ refused: 'wrong' })
  })

  it('says `malformed` of what is no answer, and reads no further', async () => {
    const enrolment = await enrolled()
    const about = asked('verify', [kept(enrolment, 'a')])
    const { expected } = await factor.challenge(about)
    const junk = ['', ' ', '-', '{}', '[]', 'null', '"', '\u0000', '123', '😀'.repeat(12)]
    for (const text of [...junk, 'x'.repeat(100_000), '１２３４５６', "' or 1=1 --"]) {
      const form = new Map(under.fields.map((name) => [name, text]))
      const result = await factor.verify({ ...about, expected, form })
      expect(result, JSON.stringify(text.slice(0, 40))).to.deep.equal({ refused: 'malformed' })
    }
    const nothing = await factor.verify({ ...about, expected, form: new Map() })
    expect(nothing).to.deep.equal({ refused: 'malformed' })
  })
}

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deepFrozen(part)
  return Object.freeze(value)
}
