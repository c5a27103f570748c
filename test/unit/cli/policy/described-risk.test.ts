import { expect } from 'chai'
import { describedRisk } from '../../../../cli/policy/described-risk.ts'
import { Fault } from '../../../../shared/fault.ts'

const said = (given: readonly string[]): string => {
  try {
    describedRisk(given)
    return 'nothing'
  } catch (thrown) {
    return thrown instanceof Fault ? `${thrown.kind}: ${thrown.message}` : String(thrown)
  }
}

describe('risk that somebody thinks of', () => {
  it('is what its facts come to, for the sign-in and for the person', () => {
    const { signIn, user } = describedRisk(['unknownDevice', 'addressFailures=12', 'lockouts=3'])
    expect(signIn).to.deep.include({ level: 'medium', points: 50 })
    expect(signIn.because.map(({ fact }) => fact)).to.deep.equal([
      'addressFailures',
      'unknownDevice',
    ])
    expect(user).to.deep.include({ level: 'medium', points: 45 })
  })

  it('can be none', () => {
    const { signIn, user } = describedRisk(['none'])
    expect([signIn.level, user.level]).to.deep.equal(['none', 'none'])
  })

  it('is refused with what is no fact, and what was meant', () => {
    expect(said(['unknowndevise'])).to.equal(
      'settings: --risk unknowndevise is no fact; did you mean "unknownDevice"?',
    )
    expect(said(['lockouts=many'])).to.match(/^settings: --risk lockouts=many is no fact; /)
    expect(said(['moon'])).to.match(/it is one of .*\bimpossibleTravel\b/)
  })
})
