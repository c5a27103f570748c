import { expect } from 'chai'
import * as client from 'openid-client'
import type { LookUp } from '../../../provider/oidc/accounts/account-checks.ts'
import type { Outcome } from '../../../shared/outcome.ts'
import { type LogoutApp, startLogoutApp } from '../../support/logout-app.ts'
import { type MovedClock, movedClock } from '../../support/moved-clock.ts'
import {
  authorizationRequest,
  clients,
  interactionOf,
  type OidcSystem,
  passThrough,
  people,
  refusal,
  signInTo,
  startOidc,
  type Tokens,
} from '../../support/oidc-system.ts'

describe('after a sign-in, the account is looked up', () => {
  const [minute, every, goOnFor] = [60_000, 300, 3_600]
  const offline = { scope: 'openid offline_access profile groups' }
  const alice = people['alice'] ?? { id: '', claims: {} }
  const asItWas: Outcome = { name: 'ok', account: alice }
  let clock: MovedClock
  let app: LogoutApp
  let system: OidcSystem
  let web: client.Configuration
  let partner: client.Configuration
  let directory: Outcome
  let asked: Parameters<LookUp>[0][]

  beforeEach(async () => {
    clock = movedClock()
    app = await startLogoutApp()
    directory = asItWas
    asked = []
    const heard = { backchannel_logout_uri: app.url, backchannel_logout_session_required: true }
    system = await startOidc({
      clock,
      clients: { ...clients, web: { ...clients.web, ...heard } },
      accountChecks: { every, goOnFor },
      lookUp: async (sought) => {
        asked.push(sought)
        return directory
      },
    })
    ;[web, partner] = await Promise.all([system.discover('web'), system.discover('partner')])
  })
  afterEach(async () => {
    await system[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })

  const refresh = (tokens: Tokens, config = web): Promise<Tokens> =>
    client.refreshTokenGrant(config, String(tokens.refresh_token))
  const later = () => clock.advance(every * 1000 + 1)
  const isActive = async (tokens: Tokens) =>
    (await client.tokenIntrospection(web, tokens.access_token)).active

  it('once in a while, however many apps refresh however often', async () => {
    const [first, second] = [await signInTo(system, web), await signInTo(system, web)]
    const [third, fourth] = [await refresh(first), await refresh(second)]
    expect(asked).to.have.length(0)

    later()
    const both = await Promise.all([refresh(third), refresh(fourth)])
    await refresh(both[0])

    expect(asked).to.have.length(1)
  })

  it('by its realm and id', async () => {
    const tokens = await signInTo(system, web)
    later()
    await refresh(tokens)

    expect(asked).to.have.length(1)
    expect(asked[0]).to.include({ realm: 'corp', accountId: 'alice-id' })
  })

  for (const name of ['accountDisabled', 'unknownUser', 'accountExpired', 'notNow'] as const) {
    it(`and ${name} ends the session, its grants and what the apps know of it`, async () => {
      const browser = system.browser()
      const tokens = await signInTo(system, web, { browser, parameters: offline })
      const other = await signInTo(system, partner, { browser, parameters: offline })
      directory = { name }
      later()

      expect(await refusal(refresh(other, partner))).to.equal('invalid_grant')

      expect(await refusal(refresh(tokens))).to.equal('invalid_grant')
      expect([await isActive(tokens), await isActive(other)]).to.deep.equal([false, false])
      expect(asked).to.have.length(1)
      expect(app.heard).to.have.length(1)
      expect(app.heard[0]).to.include({ sub: 'corp:alice-id', sid: tokens.claims()?.['sid'] })
      const page = await browser.open((await authorizationRequest(web)).url)
      expect(interactionOf(page)?.prompt).to.equal('login')
    })
  }

  it('and all browsers of the person are signed out, and nobody else', async () => {
    const [laptop, telephone, bobs] = [system.browser(), system.browser(), system.browser()]
    const tokens = await signInTo(system, web, { browser: laptop })
    await signInTo(system, web, { browser: telephone })
    const bob = await signInTo(system, web, { browser: bobs, person: 'bob' })
    later()
    directory = { name: 'accountDisabled' }
    expect(await refusal(refresh(tokens))).to.equal('invalid_grant')

    expect(app.heard).to.have.length(2)
    const page = await telephone.open((await authorizationRequest(web)).url)
    expect(interactionOf(page)?.prompt).to.equal('login')
    directory = { name: 'ok', account: { id: 'bob-id', claims: {} } }
    expect((await refresh(bob)).claims()?.sub).to.equal('corp:bob-id')
  })

  it('and who comes back signs in anew, while what has ended stays so', async () => {
    const browser = system.browser()
    const before = await signInTo(system, web, { browser })
    const elsewhere = await signInTo(system, partner, { parameters: offline })
    directory = { name: 'accountDisabled' }
    later()
    expect(await refusal(refresh(before))).to.equal('invalid_grant')
    directory = asItWas

    const after = await signInTo(system, web, { browser })

    expect((await refresh(after)).claims()?.sub).to.equal('corp:alice-id')
    expect(await refusal(refresh(elsewhere, partner))).to.equal('invalid_grant')
  })

  for (const name of ['accountLocked', 'passwordExpired', 'mustChangePassword'] as const) {
    it(`and ${name} ends nothing`, async () => {
      const tokens = await signInTo(system, web)
      directory = { name }
      later()

      expect((await refresh(tokens)).claims()?.sub).to.equal('corp:alice-id')
      expect(asked).to.have.length(1)
    })
  }

  it('and groups and names reach the next tokens and userinfo', async () => {
    const tokens = await signInTo(system, web, { parameters: { scope: 'openid profile groups' } })
    directory = {
      name: 'ok',
      account: { id: alice.id, claims: { ...alice.claims, name: 'Alice Berg', groups: ['staff'] } },
    }
    later()

    const next = await refresh(tokens)

    const told = await client.fetchUserInfo(web, next.access_token, 'corp:alice-id')
    expect(told).to.deep.include({ name: 'Alice Berg', groups: ['staff'] })
  })

  it('when the same browser goes to another app, too', async () => {
    const browser = system.browser()
    await signInTo(system, web, { browser })
    directory = { name: 'accountDisabled' }
    later()

    const silent = await browser.open((await authorizationRequest(partner, { prompt: 'none' })).url)
    const page = await browser.open((await authorizationRequest(partner)).url)

    expect(silent.url.searchParams.get('error')).to.equal('login_required')
    expect(interactionOf(page)?.prompt).to.equal('login')
    expect(app.heard).to.have.length(1)
    directory = asItWas
    const done = await passThrough(browser, page.url)
    expect(done.url.searchParams.get('code')).to.be.a('string')
  })

  it('when another person signs in with that browser, nothing of the first is left', async () => {
    const browser = system.browser()
    await signInTo(system, web, { browser })
    directory = { name: 'accountDisabled' }
    later()

    const tokens = await signInTo(system, web, { browser, person: 'bob' })

    expect(tokens.claims()?.sub).to.equal('corp:bob-id')
  })

  describe('and a password that was changed since', () => {
    const changed = (passwordChangedAt: number): Outcome => ({
      name: 'ok',
      account: { ...alice, passwordChangedAt },
    })

    it('ends the sign-ins that began before it', async () => {
      const browser = system.browser()
      const tokens = await signInTo(system, web, { browser })
      directory = changed(clock.now() + minute)
      later()

      expect(await refusal(refresh(tokens))).to.equal('invalid_grant')
      expect(app.heard).to.have.length(1)
      const page = await browser.open((await authorizationRequest(web)).url)
      expect(interactionOf(page)?.prompt).to.equal('login')
    })

    it('ends none if that was before the sign-in', async () => {
      const tokens = await signInTo(system, web)
      directory = changed(clock.now() - minute)
      later()

      expect((await refresh(tokens)).claims()?.sub).to.equal('corp:alice-id')
    })
  })

  it('and goes on for a set time while no directory answers, and then until one does', async () => {
    const browser = system.browser()
    let tokens = await signInTo(system, web, { browser, parameters: offline })
    directory = { name: 'unavailable', reason: 'directoryDown' }
    for (let minutes = 0; minutes < 60; minutes += 10) {
      clock.advance(9 * minute)
      tokens = await refresh(tokens)
    }
    clock.advance(7 * minute)

    expect(await statusOf(refresh(tokens))).to.equal(503)
    clock.advance(minute)
    directory = asItWas
    tokens = await refresh(tokens)

    expect(tokens.claims()?.sub).to.equal('corp:alice-id')
    expect(app.heard).to.have.length(0)
  })

  it('and nobody goes to another app while no directory answers for too long', async () => {
    const browser = system.browser()
    await signInTo(system, web, { browser })
    directory = { name: 'unavailable', reason: 'noAgent' }
    clock.advance(goOnFor * 1000 + minute)

    const page = await browser.open((await authorizationRequest(partner)).url)

    expect(interactionOf(page)?.prompt).to.equal('login')
  })

  it('and a backend that can look nobody up ends nothing', async () => {
    let tokens = await signInTo(system, web)
    directory = { name: 'unavailable', reason: 'cannotLookUp' }
    for (let hours = 0; hours < 3; hours += 1) {
      clock.advance(60 * minute)
      tokens = await refresh(tokens)
    }

    expect(asked).to.have.length(3)
  })

  it('and an answer about somebody else counts as none', async () => {
    const tokens = await signInTo(system, web, { parameters: { scope: 'openid profile' } })
    directory = { name: 'ok', account: { id: 'eve-id', claims: { name: 'Eve' } } }
    later()

    const next = await refresh(tokens)

    const told = await client.fetchUserInfo(web, next.access_token, 'corp:alice-id')
    expect(told).to.include({ name: 'Alice Adams' })
  })
})

/** Of an answer that no client library takes for the standard's. */
async function statusOf(refused: Promise<unknown>): Promise<number | undefined> {
  const thrown = await refused.catch((error: unknown) => error)
  return (thrown as { cause?: { status?: number } }).cause?.status
}
