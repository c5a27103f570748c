import { expect } from 'chai'
import { decodeJwt } from '../../../../../cli/local/demo/decode.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a token, decoded for looking at', () => {
  it('shows both parts of a JWT', () => {
    const token = `${part({ alg: 'RS256' })}.${part({ sub: 'zoë' })}.c2ln`
    expect(decodeJwt(token)).to.deep.equal({ header: { alg: 'RS256' }, payload: { sub: 'zoë' } })
  })

  it('is nothing if it is no JWT', () => {
    for (const token of ['opaque', 'a.b', 'a.b.c', `${part({})}.nonsense.c2ln`]) {
      expect(decodeJwt(token), token).to.equal(undefined)
    }
  })
})
