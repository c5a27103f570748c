import { expect } from 'chai'
import { consentRequest } from '../../../../provider/signin/consent-request.ts'

describe('consent request', () => {
  const none = { missingScopes: [], missingResourceScopes: {} }

  it('says scopes in plain words', () => {
    const { own } = consentRequest({ ...none, missingScopes: ['openid', 'email'] }, [])
    expect(own).to.deep.equal(['Know that it is you', 'See your email address'])
  })

  it('shows a scope that nobody has described instead of leaving it out', () => {
    const { own } = consentRequest({ ...none, missingScopes: ['everything', 'constructor'] }, [])
    expect(own).to.deep.equal(['Use “everything”', 'Use “constructor”'])
  })

  it('calls a service by its name, and by its identifier if it has none', () => {
    const missingResourceScopes = { 'https://a.example': ['read'], 'https://b.example': ['write'] }
    const known = [{ identifier: 'https://a.example', name: 'Reports', scopes: ['read'] }]
    expect(consentRequest({ ...none, missingResourceScopes }, known).resources).to.deep.equal([
      { name: 'Reports', scopes: ['read'] },
      { name: 'https://b.example', scopes: ['write'] },
    ])
  })
})
