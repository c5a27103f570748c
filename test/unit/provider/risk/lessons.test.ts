import { expect } from 'chai'
import { type Accepted, lessonsOf } from '../../../../provider/risk/lessons.ts'

const hour = 3_600_000
const now = 1_000 * hour
const past = { failures: [], lockouts: [], unusual: [] }
const germany = { country: 'DE', latitude: 52.5, longitude: 13.4 }
const accepted: Accepted = {
  at: now,
  place: germany,
  past,
  isFresh: true,
  level: 'none',
  secondFactor: false,
}
const learnt = { first: now, learnt: true }
const seen = { first: now, learnt: false }

describe('what a sign-in that was let in teaches', () => {
  it('is the browser, the country and the place, if it was usual', () => {
    for (const level of ['none', 'low'] as const) {
      expect(lessonsOf({ ...accepted, level })).to.deep.equal({
        device: learnt,
        country: learnt,
        last: { ...germany, at: now },
      })
    }
  })

  it('is only that they were seen, if it was unusual or nobody could tell', () => {
    for (const level of ['medium', 'high', undefined] as const) {
      const taught = lessonsOf({ ...accepted, level })
      expect(taught).to.deep.equal({ device: seen, country: seen })
      const proven = lessonsOf({ ...accepted, level, secondFactor: true })
      expect(proven, 'with a second factor').to.deep.include({ device: learnt, country: learnt })
    }
  })

  it('takes nothing back that is known, and keeps when it was first seen', () => {
    const device = { first: 5, learnt: true }
    const taught = lessonsOf({ ...accepted, level: 'high', past: { ...past, device } })
    expect(taught?.device).to.deep.equal(device)
    const before = { ...past, device: { first: 5, learnt: false } }
    expect(lessonsOf({ ...accepted, past: before })?.device).to.deep.equal(device)
  })

  it('is no place in a trusted network, which many come through', () => {
    const place = { ...germany, trusted: true }
    const last = { country: 'AT', at: 7 }
    expect(lessonsOf({ ...accepted, place, past: { ...past, last } })).to.deep.equal({
      device: learnt,
      last,
    })
    expect(lessonsOf({ ...accepted, place })?.last).to.deep.equal({ at: now })
  })

  it('is nothing more within the hour while a session goes on with a known browser', () => {
    const known = { ...past, device: learnt, last: { ...germany, at: now } }
    const goingOn = { ...accepted, isFresh: false, past: known }
    expect(lessonsOf({ ...goingOn, at: now + hour - 1 })).to.equal(undefined)
    expect(lessonsOf({ ...goingOn, at: now + hour })).to.not.equal(undefined)
    expect(lessonsOf({ ...accepted, past: known })).to.not.equal(undefined)
  })
})
