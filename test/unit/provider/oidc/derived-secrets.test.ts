import { expect } from 'chai'
import { deriveSecrets } from '../../../../provider/oidc/derived-secrets.ts'

describe('secrets made from the data key', () => {
  const key = Buffer.alloc(32, 7)

  it('are the same in every process that has the key', () => {
    expect(deriveSecrets(Buffer.from(key))).to.deep.equal(deriveSecrets(key))
  })

  it('differ from each other and from the key', () => {
    const { cookies, dpopNonces } = deriveSecrets(key)
    const all = [cookies, dpopNonces.toString('base64url'), key.toString('base64url')]

    expect(new Set(all).size).to.equal(3)
    expect(dpopNonces).to.have.length(32)
  })

  it('are others with another key', () => {
    expect(deriveSecrets(Buffer.alloc(32, 8)).cookies).to.not.equal(deriveSecrets(key).cookies)
  })
})
