import { expect } from 'chai'
import { nextStep } from '../../../../provider/signin/next-step.ts'

describe('next step', () => {
  const firstParty = { id: 'app', name: 'App', firstParty: true }
  const thirdParty = { ...firstParty, firstParty: false }
  const login = { prompt: 'login', client: firstParty } as const
  const known = { username: 'alice@corp.example', realm: 'corp' }

  it('asks for the user name first', () => {
    expect(nextStep(login, {})).to.deep.equal({ name: 'username' })
  })

  it('asks for the user name again until it belongs to a realm', () => {
    const { username } = known
    expect(nextStep(login, { username, problem: { input: 'unknownSuffix' } })).to.deep.equal({
      name: 'username',
    })
    expect(nextStep(login, { realm: 'corp' })).to.deep.equal({ name: 'username' })
  })

  it('then asks for the password, also after a problem', () => {
    const password = { name: 'password', ...known }
    expect(nextStep(login, known)).to.deep.equal(password)
    expect(nextStep(login, { ...known, problem: { input: 'noPassword' } })).to.deep.equal(password)
  })

  it('asks for consent for an app of others only', () => {
    const consent = { prompt: 'consent', client: thirdParty } as const
    expect(nextStep(consent, {})).to.deep.equal({ name: 'consent' })
    expect(nextStep({ ...consent, client: firstParty }, {})).to.deep.equal({ name: 'grant' })
  })

  it('does not take an attempt at signing in for a consent, or the other way round', () => {
    const consent = { prompt: 'consent', client: thirdParty } as const
    expect(nextStep(consent, known)).to.deep.equal({ name: 'consent' })
    expect(nextStep({ ...login, client: thirdParty }, {})).to.deep.equal({ name: 'username' })
  })
})
