import { expect } from 'chai'
import { usernameStep } from '../../../../../provider/signin/password/username-step.ts'

describe('user name step', () => {
  const realms = [{ name: 'corp', suffixes: ['corp.example'], default: false }]
  const step = (typed: string) => usernameStep(typed, realms)

  it('finds the realm of a name and trims it', () => {
    expect(step('  alice@corp.example\t')).to.deep.equal({
      username: 'alice@corp.example',
      realm: 'corp',
    })
  })

  it('asks again for a name that is missing', () => {
    for (const typed of ['', '   ']) {
      expect(step(typed)).to.deep.equal({ problem: { input: 'noUsername' } })
    }
  })

  it('keeps a name that belongs nowhere, to be mended, but without a realm', () => {
    expect(step('alice')).to.deep.equal({ username: 'alice', problem: { input: 'unknownSuffix' } })
  })

  it('refuses control characters wherever they stand', () => {
    for (const typed of [
      'a\0b@corp.example',
      'a\nb@corp.example',
      'a\u{85}b@corp.example',
      'a\u{7f}',
    ]) {
      expect(step(typed)).to.deep.equal({ problem: { input: 'badUsername' } })
    }
  })

  it('takes 320 characters and not one more', () => {
    const suffix = '@corp.example'
    const longest = 'a'.repeat(320 - suffix.length) + suffix
    expect(step(longest)).to.deep.equal({ username: longest, realm: 'corp' })
    expect(step(`a${longest}`)).to.deep.equal({ problem: { input: 'badUsername' } })
  })

  it('takes names of any script', () => {
    expect(step('zoë-密码@corp.example').realm).to.equal('corp')
  })
})
