import { expect } from 'chai'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { createAccounts } from '../../../../provider/oidc/accounts.ts'
import { findAccount, scopes } from '../../../../provider/oidc/claims.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const lifetimes = { session: 60, interaction: 60, accessToken: 60, idToken: 60, refreshToken: 60 }

describe('accounts', () => {
  const clock = stoppedClock()
  const accounts = createAccounts({ store: createMemoryStore(clock), lifetimes })
  const find = async (sub: string) => {
    const account = await findAccount(accounts)({} as KoaContextWithOIDC, sub)
    return account?.claims('userinfo', 'openid', {}, [])
  }

  it('are named by realm and id, so that no realm can speak for another', async () => {
    expect(await accounts.save('corp', { id: '42', claims: {} })).to.equal('corp:42')
    expect(await accounts.save('labs', { id: '42', claims: { name: 'Lab' } })).to.equal('labs:42')

    expect(await find('corp:42')).to.deep.equal({ sub: 'corp:42' })
  })

  it('say what the directory said the last time', async () => {
    await accounts.save('corp', { id: '7', claims: { name: 'Old', groups: ['a'] } })
    await accounts.save('corp', { id: '7', claims: { name: 'New' } })

    expect(await find('corp:7')).to.deep.equal({ sub: 'corp:7', name: 'New' })
  })

  it('never say what tokens say about themselves', async () => {
    const claims = { iss: 'https://evil.example', sub: 'corp:1', acr: 'high', auth_time: 0, exp: 1 }
    await accounts.save('corp', { id: '8', claims: { ...claims, email: 'a@corp.example' } })

    expect(await find('corp:8')).to.deep.equal({ sub: 'corp:8', email: 'a@corp.example' })
  })

  it('are forgotten when nothing can rest on them any more', async () => {
    await accounts.save('corp', { id: '9', claims: {} })
    clock.advance(10 * 60_000)

    expect(await find('corp:9')).to.equal(undefined)
  })
})

describe('scopes', () => {
  it('are those of the standard that a directory can fill, and groups', () => {
    expect(scopes).to.deep.equal([
      'openid',
      'profile',
      'email',
      'phone',
      'groups',
      'offline_access',
    ])
  })
})
