import { expect } from 'chai'
import type { KnownAccount } from '../../../../../provider/oidc/accounts/accounts.ts'
import { endedAt } from '../../../../../provider/oidc/accounts/ended-at.ts'

const at = (since: number, passwordChangedAt?: number) => {
  const account: KnownAccount = {
    id: '1',
    claims: {},
    ...(passwordChangedAt !== undefined && { passwordChangedAt }),
  }
  return endedAt({ ended: async () => ({ since, signIns: [] }), find: async () => account })(
    'corp:1',
  )
}

describe('until when what was remembered of a person counts no more', () => {
  it('is never, of whom nothing is known', async () => {
    expect(await at(0)).to.equal(0)
  })

  it('is the end of the second in which all sessions were ended', async () => {
    expect(await at(100)).to.equal(100_999)
  })

  it('is when the password was changed, if that was later', async () => {
    expect(await at(100, 200_500)).to.equal(200_500)
    expect(await at(300, 200_500)).to.equal(300_999)
  })
})
