import { expect } from 'chai'
import * as client from 'openid-client'
import { systemClock } from '../../../shared/clock.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { formOf } from '../../support/browser-session.ts'
import { type MeetingStore, meetingStore } from '../../support/meeting-store.ts'
import { movedClock } from '../../support/moved-clock.ts'
import {
  type OidcSystem,
  refusal,
  signInTo,
  startOidc,
  type Tokens,
} from '../../support/oidc-system.ts'

describe('refresh tokens', () => {
  let store: MeetingStore
  let system: OidcSystem
  let web: client.Configuration
  let partner: client.Configuration
  const clock = movedClock()

  before(async () => {
    store = meetingStore(createMemoryStore(systemClock))
    system = await startOidc({ store, clock })
    ;[web, partner] = await Promise.all([system.discover('web'), system.discover('partner')])
  })
  after(() => system[Symbol.asyncDispose]())

  const offline = { scope: 'openid offline_access', prompt: 'consent' }
  const refresh = (tokens: Tokens): Promise<Tokens> =>
    client.refreshTokenGrant(web, String(tokens.refresh_token))

  it('give a new access token, ID token and refresh token', async () => {
    const first = await signInTo(system, web, { parameters: offline })

    const second = await refresh(first)

    expect(second.refresh_token).to.be.a('string').and.not.equal(first.refresh_token)
    expect(second.access_token).to.not.equal(first.access_token)
    expect(second.claims()).to.include({
      sub: 'corp:alice-id',
      auth_time: first.claims()?.auth_time,
    })
    expect(await client.fetchUserInfo(web, second.access_token, 'corp:alice-id')).to.include({
      sub: 'corp:alice-id',
    })
  })

  it('can be used again and again, each time the newest', async () => {
    let tokens = await signInTo(system, web, { parameters: offline })

    for (let turn = 0; turn < 5; turn += 1) tokens = await refresh(tokens)

    expect(tokens.claims()?.sub).to.equal('corp:alice-id')
  })

  it('end all that came of them when a used one comes again', async () => {
    const first = await signInTo(system, web, { parameters: offline })
    const second = await refresh(first)
    const third = await refresh(second)

    expect(await refusal(refresh(first))).to.equal('invalid_grant')

    expect(await refusal(refresh(third))).to.equal('invalid_grant')
    const { active } = await client.tokenIntrospection(web, third.access_token)
    expect(active).to.equal(false)
    expect(
      system.log.some(({ level, msg }) => level === 40 && msg.startsWith('used twice')),
    ).to.equal(true)
  })

  it('let one of two win who use one at the same moment, and not for long', async () => {
    const first = await signInTo(system, web, { parameters: offline })

    store.meetAtClaim(2)
    const both = await Promise.allSettled([refresh(first), refresh(first)])

    const won = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    const lost = both.filter((each) => each.status === 'rejected')
    expect([won.length, lost.length]).to.deep.equal([1, 1])
    expect(lost[0]?.reason).to.include({ error: 'invalid_grant' })
    expect(won[0] && (await refusal(refresh(won[0])))).to.equal('invalid_grant')
  })

  it('are of no use to another app', async () => {
    const tokens = await signInTo(system, web, { parameters: offline })

    const stolen = client.refreshTokenGrant(partner, String(tokens.refresh_token))

    expect(await refusal(stolen)).to.equal('invalid_grant')
    expect((await refresh(tokens)).access_token).to.be.a('string')
  })

  it('cannot ask for more than was granted', async () => {
    const tokens = await signInTo(system, web, { parameters: offline })
    const more = client.refreshTokenGrant(web, String(tokens.refresh_token), {
      scope: 'openid email',
    })

    expect(await refusal(more)).to.equal('invalid_scope')
  })

  it("are for another organization's app only with offline_access and consent", async () => {
    const without = await signInTo(system, partner)
    const withConsent = await signInTo(system, partner, { parameters: offline })

    expect(without).to.not.have.property('refresh_token')
    expect(withConsent.refresh_token).to.be.a('string')
  })

  it('end with the session unless they were asked for offline', async () => {
    const browser = system.browser()
    const bound = await signInTo(system, web, { browser })
    expect(bound.refresh_token).to.be.a('string')
    const kept = await signInTo(system, partner, { browser, parameters: offline })

    const form = formOf(await browser.open('/logout'))
    await browser.submit(form.action, { ...form.fields, logout: 'yes' })

    expect(await refusal(refresh(bound))).to.equal('invalid_grant')
    const still = await client.refreshTokenGrant(partner, String(kept.refresh_token))
    expect(still.access_token).to.be.a('string')
  })

  it('end a fixed time after the password was checked, however often they are used', async () => {
    const day = 86_400_000
    let tokens = await signInTo(system, web, { parameters: offline })
    for (let days = 0; days < 6; days += 1) {
      clock.advance(day)
      tokens = await refresh(tokens)
    }
    clock.advance(day + 1)

    expect(await refusal(refresh(tokens))).to.equal('invalid_grant')
  })
})
