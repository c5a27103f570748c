import { expect } from 'chai'
import { nearest } from '../../../../shared/settings/nearest.ts'

describe('the nearest known name', () => {
  const known = ['issuer', 'realms', 'redis', 'trustedProxies', 'clientsDirectory', 'on']

  const meant: Readonly<Record<string, string>> = {
    isuer: 'issuer',
    issuers: 'issuer',
    isseur: 'issuer',
    Realms: 'realms',
    trusted_proxies: 'trustedProxies',
    'clients-directory': 'clientsDirectory',
    clientDirectori: 'clientsDirectory',
    no: 'on',
  }
  for (const [name, candidate] of Object.entries(meant)) {
    it(`of ${name} is ${candidate}`, () => {
      expect(nearest(name, known)).to.equal(candidate)
    })
  }

  it('is none for a name that is like no other', () => {
    expect(nearest('password', known)).to.equal(undefined)
    expect(nearest('x', ['y'])).to.equal(undefined)
    expect(nearest('issuer', [])).to.equal(undefined)
  })
})
