import { expect } from 'chai'
import type { Enrolment } from '../../../../provider/mfa/factor.ts'
import { createTemporaryAccessPass } from '../../../../provider/mfa/temporary-access-pass.ts'
import { factorContract } from '../../../contracts/factor.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const clock = stoppedClock()
const factor = createTemporaryAccessPass({ clock })
const asks = (lifetime: string, uses: string) => new Map(Object.entries({ lifetime, uses }))
const answer = { registered: [], expected: '' } as const
const minute = 60_000

const issue = (lifetime: string, uses: string) =>
  factor.enrol({ ...answer, purpose: 'enrol', form: asks(lifetime, uses) })

describe('a temporary access pass', () => {
  for (const uses of ['once', 'several']) {
    describe(`for ${uses}, as every factor`, () => {
      factorContract(async () => ({
        factor,
        enrolmentForm: async () => asks('60', uses),
        proofForm: async (_, { shownOnce = [] }) => new Map([['code', shownOnce[0] ?? '']]),
        isForSeveral: uses === 'several',
        fields: ['code'],
      }))
    })
  }

  async function issued(lifetime: string, uses: string): Promise<Enrolment> {
    const made = await issue(lifetime, uses)
    if ('refused' in made) throw new Error(made.refused)
    return made.enrolled
  }

  async function verified({ data, shownOnce = [] }: Enrolment) {
    const kept = { id: 'a', method: 'temporaryAccessPass', name: '', createdAt: 0, data } as const
    const form = new Map([['code', shownOnce[0] ?? '']])
    return factor.verify({ ...answer, purpose: 'verify', registered: [kept], form })
  }

  it('is good until its end, and says so afterwards to whoever has it', async () => {
    const pass = await issued('10', 'several')
    expect(pass.data).to.have.property('ends', clock.now() + 10 * minute)
    clock.advance(10 * minute - 1)
    expect(await verified(pass)).to.have.property('proof')
    clock.advance(1)
    expect(await verified(pass)).to.deep.equal({ refused: 'expired' })
    const other = await issued('10', 'several')
    const wrong = { ...pass, shownOnce: other.shownOnce ?? [] }
    expect(await verified(wrong)).to.deep.equal({ refused: 'wrong' })
  })

  it('is good once, if it is meant to be, and that is remembered until its end', async () => {
    const pass = await issued('60', 'once')
    clock.advance(20 * minute)
    const result = await verified(pass)
    expect(result).to.have.deep.nested.property('proof.once', {
      name: 'pass:a',
      remember: 40 * minute,
    })
  })

  for (const [lifetime, uses] of [
    ['9', 'once'],
    ['43201', 'once'],
    ['-60', 'once'],
    ['1e2', 'once'],
    ['', 'once'],
    ['60', 'twice'],
  ] as const) {
    it(`is not made for "${lifetime}" minutes and "${uses}"`, async () => {
      expect(await issue(lifetime, uses)).to.deep.equal({ refused: 'malformed' })
    })
  }

  it('is made for 10 minutes and for 30 days', async () => {
    for (const lifetime of ['10', '43200']) {
      expect(await issue(lifetime, 'once')).to.have.property('enrolled')
    }
  })
})
