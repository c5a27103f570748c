import { expect } from 'chai'
import { faultTexts } from '../../../shared/fault.ts'
import { warningNames, warningsOf, warningText } from '../../../shared/warning.ts'

describe('warnings', () => {
  it('have a code of their own each, which no fault has', () => {
    const codes = warningNames.map((name) => warningText(name).code)
    const all = [...codes, ...Object.values(faultTexts).map(({ code }) => code)]
    expect(new Set(all).size).to.equal(all.length)
    for (const code of codes) expect(code).to.match(/^PST-3\d\d$/)
  })

  it('say what to do, in a sentence', () => {
    for (const name of warningNames) expect(warningText(name).advice).to.match(/^[A-Z].*[.]$/)
  })

  it('are found by their codes, and those of a newer version are left out', () => {
    expect(warningsOf(['PST-308', 'PST-399', 'PST-301'])).to.deep.equal(['noAgent', 'clockOff'])
  })
})
