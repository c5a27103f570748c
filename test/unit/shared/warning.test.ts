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

  it('are taken from an agent only if it can know of them, by codes that are known here', () => {
    const codes = ['PST-308', 'PST-399', warningText('quarantined').code]
    expect(warningsOf(codes)).to.deep.equal(['clockOff'])
  })
})
