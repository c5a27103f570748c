import { expect } from 'chai'
import { isImpossibleTravel } from '../../../../provider/risk/place.ts'

const hour = 3_600_000
const berlin = { latitude: 52.52, longitude: 13.4 }
const munich = { latitude: 48.14, longitude: 11.58 }
const newYork = { latitude: 40.71, longitude: -74.01 }
const suva = { latitude: -18.14, longitude: 178.44 }
const apia = { latitude: -13.83, longitude: -171.77 }

describe('impossible travel', () => {
  const travel = (from: object, to: object, hours: number) =>
    isImpossibleTravel({ ...from, at: 0 }, { ...to, at: hours * hour })

  it('is what no airliner can do', () => {
    // 6,385 km.
    expect(travel(berlin, newYork, 7)).to.equal(true)
    expect(travel(berlin, newYork, 7.2)).to.equal(false)
  })

  it('is not a short way, however fast: files of addresses are not that exact', () => {
    // 504 km and less.
    expect(travel(berlin, { ...munich, latitude: 48.2 }, 0)).to.equal(false)
    expect(travel(berlin, { ...munich, latitude: 47.9 }, 0)).to.equal(true)
  })

  it('takes the short way over the date line', () => {
    // 1,160 km.
    expect(travel(suva, apia, 1.4)).to.equal(false)
    expect(travel(suva, apia, 1.2)).to.equal(true)
  })

  it('counts also where clocks of two processes differ', () => {
    expect(travel(berlin, newYork, -1)).to.equal(true)
  })

  it('is not known where one of the places is not', () => {
    expect(travel(berlin, { country: 'US' }, 1)).to.equal(undefined)
    expect(travel({ latitude: 1 }, newYork, 1)).to.equal(undefined)
  })
})
