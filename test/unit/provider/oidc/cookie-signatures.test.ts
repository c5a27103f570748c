import { expect } from 'chai'
import { CookieSignatures } from '../../../../provider/oidc/cookie-signatures.ts'

describe('cookie signatures', () => {
  const signatures = new CookieSignatures('a secret')
  const signed = signatures.sign('session=abc')

  it('accept what was signed with the same secret', () => {
    expect(signatures.verify('session=abc', signed)).to.equal(true)
    expect(new CookieSignatures('a secret').index('session=abc', signed)).to.equal(0)
  })

  it('refuse another value, another name, another secret', () => {
    expect(signatures.index('session=abd', signed)).to.equal(-1)
    expect(signatures.index('resume=abc', signed)).to.equal(-1)
    expect(new CookieSignatures('another').index('session=abc', signed)).to.equal(-1)
  })

  it('refuse a signature that is cut short, too long, or no text of ours', () => {
    for (const wrong of ['', signed.slice(1), `${signed}A`, 'é'.repeat(signed.length)]) {
      expect(signatures.verify('session=abc', wrong), wrong).to.equal(false)
    }
  })

  it('fit into a cookie', () => {
    expect(signed).to.match(/^[\w-]+$/)
  })
})
