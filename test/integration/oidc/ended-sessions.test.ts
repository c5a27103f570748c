import { expect } from 'chai'
import { refreshTokenGrant } from 'openid-client'
import { createAccounts } from '../../../provider/oidc/accounts.ts'
import { movedClock } from '../../support/moved-clock.ts'
import {
  authorizationRequest,
  interactionOf,
  type OidcSystem,
  refusal,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

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
