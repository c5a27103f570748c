import { expect } from 'chai'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { pino } from 'pino'
import { trustedProxies } from '../../../../provider/http/client-address.ts'
import { addRequestContext } from '../../../../provider/http/request-context.ts'
import { createAccountChecks } from '../../../../provider/oidc/accounts/account-checks.ts'
import { createAccounts, subOf } from '../../../../provider/oidc/accounts/accounts.ts'
import { findAccount } from '../../../../provider/oidc/accounts/find-account.ts'
import { scopes } from '../../../../provider/oidc/claims.ts'
import type { Account } from '../../../../shared/account.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const lifetimes = { session: 60, interaction: 60, accessToken: 60, idToken: 60, refreshToken: 60 }

describe('accounts', () => {
  const clock = stoppedClock()
  const store = createMemoryStore(clock)
  const accounts = createAccounts({ store, lifetimes, clock })
  const settings = { lifetimes, accountChecks: { every: 0, goOnFor: 0 } }
  const lookUp = () => Promise.reject(new Error('nobody is looked up'))
  const checks = createAccountChecks({ accounts, store, settings, lookUp, clock })
  const addContext = addRequestContext({
    clock,
    log: pino({ level: 'silent' }),
    trusted: trustedProxies([]),
  })
  const claimsFor = async (sub: string, interaction?: object) => {
    const request = {
      req: { socket: { remoteAddress: '192.0.2.7' } },
      get: () => '',
      set: () => {},
    }
    const oidc = { entities: { Interaction: interaction } }
    const ctx = { ...request, oidc, path: '/authorize' } as unknown as KoaContextWithOIDC
    await addContext(ctx, async () => {})
    const account = await findAccount({ accounts, checks, store })(ctx, sub)
    return account?.claims('userinfo', 'openid', {}, [])
  }
  const signedIn = (name: 'login' | 'consent', accountId: string, claims: Account['claims']) => {
    const result = { login: { accountId }, account: { id: accountId.split(':')[1], claims } }
    return { prompt: { name }, result }
  }

  it('are named by realm and id, so that no realm can speak for another', () => {
    expect(subOf('corp', { id: '42', claims: {} })).to.equal('corp:42')
    expect(subOf('labs', { id: '42', claims: {} })).to.equal('labs:42')
  })

  it('say what the directory said the last time', async () => {
    await accounts.save('corp:7', { id: '7', claims: { name: 'Old', groups: ['a'] } })
    await accounts.save('corp:7', { id: '7', claims: { name: 'New' } })

    expect(await claimsFor('corp:7')).to.deep.equal({ sub: 'corp:7', name: 'New' })
  })

  it('are what the sign-in of this moment brought, and stay so', async () => {
    await accounts.save('corp:5', { id: '5', claims: { name: 'Old' } })
    const fresh = { sub: 'corp:5', name: 'New' }

    const now = await claimsFor('corp:5', signedIn('login', 'corp:5', { name: 'New' }))
    expect([now, await claimsFor('corp:5')]).to.deep.equal([fresh, fresh])
  })

  it('are not set back by a consent that took its time', async () => {
    await accounts.save('corp:6', { id: '6', claims: { name: 'New' } })

    const then = await claimsFor('corp:6', signedIn('consent', 'corp:6', { name: 'Old' }))
    expect(then).to.deep.equal({ sub: 'corp:6', name: 'New' })
  })

  it('are those of the person asked about, whoever has just signed in', async () => {
    expect(await claimsFor('corp:bob', signedIn('login', 'corp:eve', {}))).to.equal(undefined)
  })

  it('never say what tokens say about themselves', async () => {
    const claims = { iss: 'https://evil.example', sub: 'corp:1', acr: 'high', auth_time: 0, exp: 1 }
    await accounts.save('corp:8', { id: '8', claims: { ...claims, email: 'a@corp.example' } })

    expect(await claimsFor('corp:8')).to.deep.equal({ sub: 'corp:8', email: 'a@corp.example' })
  })

  it('are forgotten when nothing can rest on them any more', async () => {
    await accounts.save('corp:9', { id: '9', claims: {} })
    clock.advance(10 * 60_000)

    expect(await claimsFor('corp:9')).to.equal(undefined)
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
