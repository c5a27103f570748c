import { expect } from 'chai'
import type { Policy } from '../../../../provider/access/policy.ts'
import { strengthCheck } from '../../../../provider/access/policy-checks.ts'
import { policyFile } from '../../../../provider/access/policy-schema.ts'

const policy = (authenticationStrength: string): Policy =>
  policyFile.parse({
    displayName: 'Strong',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
    },
    grantControls: { authenticationStrength },
  })

describe('the strength that a policy names', () => {
  const said = (name: string, own?: readonly string[]) =>
    strengthCheck(own)
      .problems(policy(name))
      .map(({ message }) => message)

  it('is one that there always is, or one of the settings', () => {
    for (const name of ['multifactor', 'passwordless', 'phishingResistant', 'app-or-key']) {
      expect(said(name, ['app-or-key'])).to.deep.equal([])
    }
  })

  it('is asked about if it is misspelt', () => {
    const is = 'is none of authenticationStrengths in provider.yaml'
    expect(said('app-or-keys', ['app-or-key'])).to.deep.equal([`${is}; did you mean "app-or-key"?`])
    const misspelt = [`${is}; did you mean "passwordless"?`]
    expect(said('pasword-less', [])).to.deep.equal(misspelt)
    expect(said('pasword-less')).to.deep.equal(misspelt)
  })

  it('is not called what Microsoft Graph calls it', () => {
    for (const [theirs, ours] of [
      ['multifactorAuthentication', 'multifactor'],
      ['passwordlessMfa', 'passwordless'],
      ['phishingResistantMultifactorAuthentication', 'phishingResistant'],
    ] as const) {
      const is = 'is none of authenticationStrengths in provider.yaml'
      expect(said(theirs)).to.deep.equal([`${is}; did you mean "${ours}"?`])
    }
  })

  it('is named with those that there are, where that is known', () => {
    const [message] = said('something-else', ['app-or-key'])
    expect(message).to.match(/; known: multifactor, .*, app-or-key$/)
    expect(said('something-else')).to.deep.equal([])
  })
})

describe('putting off a second factor', () => {
  const said = (grantControls: object, applications: object = { includeApplications: ['All'] }) => {
    const conditions = { users: { includeUsers: ['All'] }, applications }
    const file = { displayName: 'Mild', state: 'enabled', conditions, grantControls }
    const read = policyFile.safeParse(file)
    return (read.error?.issues ?? []).map(({ message }) => message)
  }
  const registrationSkips = 3

  it('stands beside what asks for one', () => {
    expect(said({ builtInControls: ['mfa'], registrationSkips })).to.deep.equal([])
    expect(said({ authenticationStrength: 'multifactor', registrationSkips })).to.deep.equal([])
    expect(said({ termsOfUse: ['staff'], registrationSkips })).to.deep.equal([
      'needs mfa or an authenticationStrength beside it',
    ])
  })

  it('is no way past the factor to a new password, or to a factor of one’s own', () => {
    expect(said({ builtInControls: ['mfa', 'passwordChange'], registrationSkips })).to.deep.equal([
      'cannot stand beside passwordChange, which a second factor protects',
    ])
    const applications = { includeUserActions: ['urn:user:registersecurityinfo'] }
    expect(said({ builtInControls: ['mfa'], registrationSkips }, applications)).to.deep.equal([
      'cannot stand in a policy about setting up a second factor',
    ])
  })
})
