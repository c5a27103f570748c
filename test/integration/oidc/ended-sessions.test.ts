import { expect } from 'chai'
import { authorizationCodeGrant, refreshTokenGrant } from 'openid-client'
import { createAccounts } from '../../../provider/oidc/accounts/accounts.ts'
import { systemClock } from '../../../shared/clock.ts'
import { startLogoutApp } from '../../support/logout-app.ts'
import { movedClock } from '../../support/moved-clock.ts'
import {
  answer,
  authorizationRequest,
  clients,
  interactionOf,
  type OidcSystem,
  refusal,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'
import { stoppedClock } from '../../support/stopped-clock.ts'

describe('sessions that were ended, since the person has changed their password', () => {
  let system: OidcSystem
  beforeEach(async () => {
    system = await startOidc()
  })
  afterEach(() => system[Symbol.asyncDispose]())

  /** A moment after all that a test has done before. */
  async function endSessions(sub: string): Promise<void> {
    const some = { session: 60, interaction: 60, accessToken: 60, idToken: 60, refreshToken: 60 }
    const clock = movedClock()
    clock.advance(2_000)
    await createAccounts({ store: system.store, lifetimes: some, clock }).endSessions(sub)
  }

  it('ask for a sign-in, though the browser still has their cookie', async () => {
    const config = await system.discover('web')
    const browser = system.browser()
    await signInTo(system, config, { browser })
    const { url } = await authorizationRequest(config)
    expect((await browser.open(url)).hasLeft).to.equal(true)
    await endSessions('corp:alice-id')
    expect(interactionOf(await browser.open(url))?.prompt).to.equal('login')
  })

  it('have their refresh tokens refused, and nobody else’s', async () => {
    const config = await system.discover('web')
    const parameters = { scope: 'openid offline_access', prompt: 'consent' }
    const [ended, going] = await Promise.all([
      signInTo(system, config, { parameters, person: 'alice' }),
      signInTo(system, config, { parameters, person: 'bob' }),
    ])
    await endSessions('corp:alice-id')
    const refresh = refreshTokenGrant(config, String(ended.refresh_token))
    expect(await refusal(refresh)).to.equal('invalid_grant')
    const tokens = await refreshTokenGrant(config, String(going.refresh_token))
    expect(tokens.access_token).to.be.a('string')
  })
})

describe('sessions of somebody who has changed their password in one of them', () => {
  it('end but for this one, though all began in the same second, and their apps are told', async () => {
    await using app = await startLogoutApp()
    const heard = { backchannel_logout_uri: app.url, backchannel_logout_session_required: true }
    await using system = await startOidc({
      clock: stoppedClock(systemClock.now()),
      clients: { ...clients, web: { ...clients.web, ...heard } },
    })
    const config = await system.discover('web')
    const [here, elsewhere] = [system.browser(), system.browser()]
    const kept = await signInTo(system, config, { browser: here })
    const over = await signInTo(system, config, { browser: elsewhere })
    const bobs = await signInTo(system, config, { person: 'bob' })

    await here.submit('/own-session/end-others/corp:alice-id', {})

    expect(app.heard.map(({ sid }) => sid)).to.deep.equal([over.claims()?.['sid']])
    expect(await refusal(refreshTokenGrant(config, String(over.refresh_token)))).to.equal(
      'invalid_grant',
    )
    const { url } = await authorizationRequest(config)
    expect(interactionOf(await elsewhere.open(url))?.prompt).to.equal('login')
    expect((await here.open(url)).hasLeft).to.equal(true)
    for (const { refresh_token } of [kept, bobs]) {
      const tokens = await refreshTokenGrant(config, String(refresh_token))
      expect(tokens.access_token).to.be.a('string')
    }
  })

  it('do not get in the way of the sign-in in which it was changed', async () => {
    await using system = await startOidc()
    const config = await system.discover('web')
    const here = system.browser()
    await signInTo(system, config, { browser: here })
    const { url, checks } = await authorizationRequest(config, { prompt: 'login' })
    const asked = await here.open(url)
    await here.submit('/own-session/end-others/corp:alice-id', {})
    const page = await answer(here, asked, 'login/alice')
    const tokens = await authorizationCodeGrant(config, page.url, checks)
    expect(tokens.claims()?.sub).to.equal('corp:alice-id')
  })

  it('let in who signs in once more in that second, with the new one', async () => {
    await using system = await startOidc({ clock: stoppedClock(systemClock.now()) })
    const config = await system.discover('web')
    const [here, elsewhere] = [system.browser(), system.browser()]
    await signInTo(system, config, { browser: here })
    await signInTo(system, config, { browser: elsewhere })
    await here.submit('/own-session/end-others/corp:alice-id', {})
    const again = await signInTo(system, config, { browser: elsewhere })
    const tokens = await refreshTokenGrant(config, String(again.refresh_token))
    expect(tokens.access_token).to.be.a('string')
  })
})
