import { expect } from 'chai'
import { faultTexts } from '../../../shared/fault.ts'
import {
  type Outcome,
  outcomeText,
  refusedNames,
  unavailableReasons,
} from '../../../shared/outcome.ts'

const outcomes: readonly Outcome[] = [
  { name: 'ok', account: { id: '1', claims: {} } },
  ...refusedNames.map((name) => ({ name })),
  ...unavailableReasons.map((reason) => ({ name: 'unavailable', reason }) as const),
]

describe('outcomes', () => {
  it('have a code of their own each, which no fault has', () => {
    const codes = [
      ...outcomes.map((outcome) => outcomeText(outcome).code),
      ...Object.values(faultTexts).map(({ code }) => code),
    ]
    expect(new Set(codes).size).to.equal(codes.length)
    for (const code of codes) expect(code).to.match(/^PST-\d{3}$/)
  })

  it('say the same to the person for a wrong password and an unknown user', () => {
    const wrong = outcomeText({ name: 'wrongPassword' }).publicText
    expect(outcomeText({ name: 'unknownUser' }).publicText).to.equal(wrong)
  })

  it('never tell the person of a wrong password when nobody could check it', () => {
    for (const reason of unavailableReasons) {
      const { publicText } = outcomeText({ name: 'unavailable', reason })
      expect(publicText).to.contain('does not mean that it is wrong')
    }
  })
})
