import { expect } from 'chai'
import {
  type SigningAlgorithm,
  type SigningKey,
  schedule,
} from '../../../../provider/oidc/signing-key-schedule.ts'

const key = (kid: string, signsFrom: number, alg: SigningAlgorithm = 'ES256'): SigningKey => ({
  kid,
  alg,
  created: 0,
  signsFrom,
  jwk: {},
})

const retention = 100

function states(keys: readonly SigningKey[], now: number): string[] {
  return schedule(keys, now, retention).map((each) => `${each.key.kid} ${each.state}`)
}

describe('the schedule of signing keys', () => {
  const keys = [key('a', 0), key('b', 1000)]

  it('publishes a new key before it signs', () => {
    expect(states(keys, 999)).to.deep.equal(['a signing', 'b next'])
  })

  it('lets the new key sign when its time has come, and keeps the old one published', () => {
    expect(states(keys, 1000)).to.deep.equal(['b signing', 'a retired'])
    expect(states(keys, 1099)).to.deep.equal(['b signing', 'a retired'])
  })

  it('is over with the old key when nothing it signed is of use any more', () => {
    expect(states(keys, 1100)).to.deep.equal(['b signing', 'a gone'])
  })

  it('counts from when a key was succeeded, not from when the newest began', () => {
    const three = [...keys, key('c', 1050)]

    expect(states(three, 1060)).to.deep.equal(['c signing', 'b retired', 'a retired'])
    expect(states(three, 1120)).to.deep.equal(['c signing', 'b retired', 'a gone'])
  })

  it('keeps the algorithms apart, and those that sign in front', () => {
    const both = [key('r', 0, 'RS256'), key('r2', 1000, 'RS256'), key('e', 0, 'ES256')]

    expect(states(both, 500)).to.deep.equal(['r signing', 'e signing', 'r2 next'])
  })

  it('signs with the oldest if the clock says that none has begun', () => {
    expect(states([key('b', 2000), key('a', 1000)], 500)).to.deep.equal(['a signing', 'b next'])
  })

  it('has nothing to say of no keys', () => {
    expect(states([], 0)).to.deep.equal([])
  })
})
