import { expect } from 'chai'
import { day, factsOf, hour, type Moment, type Past } from '../../../../provider/risk/facts.ts'

const at = 1_800_000_000_000
const nothing: Past = { addressFailures: [], failures: [], lockouts: [], unusual: [] }
const germany = { country: 'DE', latitude: 52.5, longitude: 13.4 }
const brazil = { country: 'BR', latitude: -23.5, longitude: -46.6 }
const known = { first: at - 30 * day, learnt: true }
const usual: Past = {
  ...nothing,
  last: { at: at - day, ...germany },
  device: known,
  country: known,
}
const moment = (more: Partial<Moment> = {}): Moment => ({
  at,
  place: germany,
  isFresh: true,
  ...more,
})
const ago = (count: number, age: number): number[] => Array.from({ length: count }, () => at - age)

describe('facts of risk', () => {
  it('are all in order with a usual sign-in', () => {
    const facts = factsOf(usual, moment())
    expect(Object.values(facts).every((count) => count === 0)).to.equal(true)
    expect(Object.keys(facts)).to.include.members([
      'unknownDevice',
      'newCountry',
      'impossibleTravel',
      'addressFailures',
      'failuresBefore',
    ])
  })

  it('say of the first sign-in of all only that it is the first: everything is new then', () => {
    const facts = factsOf(nothing, moment())
    expect(facts.firstSignIn).to.equal(1)
    expect(facts).to.not.have.any.keys('unknownDevice', 'newCountry', 'impossibleTravel')
  })

  it('know a browser or a country once it was in a usual sign-in, or in use for a week', () => {
    for (const what of ['device', 'country'] as const) {
      const fact = what === 'device' ? 'unknownDevice' : 'newCountry'
      const seen = (first: number, learnt: boolean) =>
        factsOf({ ...usual, [what]: { first, learnt } }, moment())[fact]
      expect(seen(at, true)).to.equal(0)
      expect(
        seen(at - 7 * day + 1, false),
        'tried once before by whoever has the password',
      ).to.equal(1)
      expect(seen(at - 7 * day, false)).to.equal(0)
      const { [what]: _gone, ...without } = usual
      expect(factsOf(without, moment())[fact]).to.equal(1)
    }
  })

  it('tell nothing of places that nobody knows', () => {
    const facts = factsOf(usual, moment({ place: {} }))
    expect(facts).to.not.have.any.keys('newCountry', 'impossibleTravel')
    const before = { ...usual, last: { at: at - day } }
    const since = factsOf(before, moment({ place: brazil }))
    expect(since, 'from before there was a file of countries').to.not.have.property('newCountry')
  })

  it('see who cannot have got there', () => {
    const { country: _gone, ...elsewhere } = { ...usual, last: { at: at - hour, ...germany } }
    const facts = factsOf(elsewhere, moment({ place: brazil }))
    expect(facts).to.include({ newCountry: 1, impossibleTravel: 1, unknownDevice: 0 })
  })

  it('judge no place, and no address, of a trusted network', () => {
    const past = { ...usual, addressFailures: ago(60, 0) }
    const facts = factsOf(past, moment({ place: { ...brazil, trusted: true } }))
    expect(facts).to.not.have.any.keys('newCountry', 'impossibleTravel', 'addressFailures')
    expect(facts.unknownDevice).to.equal(0)
  })

  it('count refused passwords of an hour', () => {
    const past = {
      ...usual,
      addressFailures: [...ago(3, hour), ...ago(2, hour - 1)],
      failures: [...ago(4, hour), ...ago(1, 0)],
    }
    expect(factsOf(past, moment())).to.include({ addressFailures: 2, failuresBefore: 1 })
  })

  it('do not hold against a session what others try meanwhile', () => {
    const past = { ...usual, failures: ago(10, 0), lockouts: ago(1, 0) }
    const facts = factsOf(past, moment({ isFresh: false }))
    expect(facts).to.not.have.any.keys('failuresBefore', 'lockoutsToday')
  })

  it('take the tries of one hour for one lockout', () => {
    const past = { ...usual, lockouts: [...ago(3, 0), ...ago(2, 3 * hour), ...ago(1, 2 * day)] }
    expect(factsOf(past, moment())).to.include({ lockoutsToday: 2, lockouts: 3 })
  })

  it('find the worst hour of the week', () => {
    const failures = [...ago(12, 2 * day), ...ago(9, 2 * day - hour / 2), ...ago(5, 0)]
    expect(factsOf({ ...usual, failures }, moment()).failuresInAnHour).to.equal(21)
  })

  it('forget with the password what has to do with it', () => {
    const past: Past = {
      ...usual,
      failures: ago(30, 2 * day),
      lockouts: ago(1, 2 * day),
      unusual: [
        { at: at - 2 * day, level: 'high' },
        { at: at - hour, level: 'medium' },
      ],
      disownedAt: at - 2 * day,
    }
    expect(factsOf(past, moment())).to.include({
      failuresInAnHour: 30,
      lockouts: 1,
      unusualSignIns: 1,
      veryUnusualSignIns: 1,
      disownedSignIns: 1,
    })
    expect(factsOf({ ...past, changedAt: at - day }, moment())).to.include({
      failuresInAnHour: 0,
      lockouts: 0,
      unusualSignIns: 1,
      veryUnusualSignIns: 0,
      disownedSignIns: 0,
    })
  })
})
