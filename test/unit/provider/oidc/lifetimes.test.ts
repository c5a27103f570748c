import { expect } from 'chai'
import { accountLifetime, timesToLive } from '../../../../provider/oidc/lifetimes.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const lifetimes = {
  session: 3_600,
  interaction: 600,
  accessToken: 300,
  idToken: 300,
  refreshToken: 86_400,
}
const start = 1_767_225_600

describe('lifetimes', () => {
  const clock = stoppedClock(start * 1000)
  const ttl = timesToLive(lifetimes, clock)
  const ofSession = (loginTs?: number): unknown => call(ttl.Session, { loginTs })
  const ofRefreshToken = (authTime?: number): unknown => call(ttl.RefreshToken, { authTime })

  it('let a session go on while it is used, up to a fixed time after the sign-in', () => {
    expect(ofSession(start)).to.equal(3_600)
    expect(ofSession(start - 80_000)).to.equal(3_600)
    expect(ofSession(start - 86_000)).to.equal(400)
    expect(ofSession(start - 90_000)).to.equal(1)
  })

  it('let a session without a person end with the page', () => {
    expect(ofSession()).to.equal(600)
  })

  it('let refresh tokens end a fixed time after the sign-in', () => {
    expect(ofRefreshToken(start)).to.equal(86_400)
    expect(ofRefreshToken(start - 86_000)).to.equal(400)
  })

  it('keep what the directory said as long as anything that rests on it', () => {
    const longest = 86_400 + lifetimes.accessToken

    expect(accountLifetime(lifetimes)).to.be.greaterThan(longest)
    expect(ttl.Grant).to.equal(accountLifetime(lifetimes))
    expect(accountLifetime({ ...lifetimes, session: 200_000 })).to.be.greaterThan(200_000)
  })
})

// The library hands over a request, which nobody looks at.
function call(time: unknown, token: object): unknown {
  return (time as (context: undefined, token: object) => unknown)(undefined, token)
}
