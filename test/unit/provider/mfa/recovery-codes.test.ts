import { expect } from 'chai'
import type { Enrolment } from '../../../../provider/mfa/factor.ts'
import { createRecoveryCodes } from '../../../../provider/mfa/recovery-codes.ts'
import { factorContract } from '../../../contracts/factor.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const factor = createRecoveryCodes({ clock: stoppedClock() })
const form = (code: string) => new Map([['code', code]])

describe('recovery codes', () => {
  describe('as every factor', () => {
    factorContract(async () => ({
      factor,
      enrolmentForm: async () => new Map(),
      proofForm: async (_, { shownOnce = [] }) => form(shownOnce[3] ?? ''),
      fields: ['code'],
    }))
  })

  let enrolment: Enrolment
  before(async () => {
    const asked = { purpose: 'enrol', registered: [], expected: '', form: new Map() } as const
    const made = await factor.enrol(asked)
    if ('refused' in made) throw new Error(made.refused)
    enrolment = made.enrolled
  })

  async function verified(code: string, data = enrolment.data) {
    const kept = { id: 'a', method: 'recoveryCode', name: '', createdAt: 0, data } as const
    const asked = { purpose: 'verify', registered: [kept], expected: '' } as const
    return factor.verify({ ...asked, form: form(code) })
  }

  it('are ten, of 60 bits each, and all different', () => {
    const codes = enrolment.shownOnce ?? []
    expect(new Set(codes).size).to.equal(10)
    for (const code of codes)
      expect(code).to.match(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}$/)
  })

  it('are kept as hashes', () => {
    const kept = JSON.stringify(enrolment.data)
    for (const code of enrolment.shownOnce ?? []) {
      expect(kept).not.to.contain(code)
      expect(kept).not.to.contain(code.replaceAll('-', ''))
    }
  })

  it('forgive case, spaces, dashes, and letters that look like digits', async () => {
    const [code = ''] = enrolment.shownOnce ?? []
    const plain = code.replaceAll('-', '')
    const mistaken = plain.replaceAll('0', 'O').replaceAll('1', 'l')
    for (const typed of [
      code.toUpperCase(),
      plain,
      ` ${plain} `,
      mistaken,
      code.replace('-', ' – '),
    ]) {
      expect(await verified(typed), typed).to.have.property('proof')
    }
  })

  it('leave one less each time, and a code that was used is wrong', async () => {
    const [first = '', second = ''] = enrolment.shownOnce ?? []
    const once = await verified(first)
    if ('refused' in once) throw new Error(once.refused)
    expect(once.proof.data).to.have.property('left', 9)
    expect(await verified(first, once.proof.data)).to.deep.equal({ refused: 'wrong' })
    expect(await verified(second, once.proof.data)).to.have.nested.property('proof.data.left', 8)
  })
})
