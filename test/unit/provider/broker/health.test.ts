import { expect } from 'chai'
import { type Heard, health, hear } from '../../../../provider/broker/health.ts'
import type { Heartbeat } from '../../../../shared/wire.ts'

const beat = (at: number, counter = 1, more: Partial<Heartbeat> = {}): Heartbeat => ({
  v: 1,
  agent: 'a',
  at,
  counter,
  run: 'r1',
  state: 'ready',
  realms: ['corp'],
  version: '1',
  inFlight: 0,
  limit: 8,
  prekey: { kid: 'k', kty: 'RSA', n: 'n', e: 'AQAB' },
  trusts: ['channel-key'],
  warnings: [],
  ...more,
})
const heard = (heartbeat: Heartbeat, at: number): Heard => ({ heartbeat, at, clockAhead: 0 })

describe('health', () => {
  it('is live for five seconds after a heartbeat, then gone', () => {
    const one = heard(beat(100_000), 100_000)
    expect(health(one, 105_000)).to.equal('live')
    expect(health(one, 105_001)).to.equal('gone')
  })

  it('is leaving from the goodbye on', () => {
    expect(health(heard(beat(100_000, 2, { state: 'leaving' }), 100_000), 100_000)).to.equal(
      'leaving',
    )
  })

  it('is gone for an old heartbeat that is read late', () => {
    expect(health(heard(beat(40_000), 100_000), 100_000)).to.equal('gone')
  })

  it('is skewed for an agent that goes on speaking with another time', () => {
    const first = hear(undefined, beat(700_000, 1), 100_000)
    const second = hear(first, beat(701_000, 2), 101_000)
    expect(health(second, 101_000)).to.equal('skewed')
    const behind = hear(hear(undefined, beat(10_000, 1), 100_000), beat(11_000, 2), 101_000)
    expect(health(behind, 101_000)).to.equal('skewed')
  })
})

describe('the clock of an agent', () => {
  const read = (beats: readonly (readonly [said: number, cameIn: number])[]) =>
    beats.reduce<Heard | undefined>(
      (before, [said, cameIn], index) => hear(before, beat(said, index + 1), cameIn),
      undefined,
    )

  it('is not judged by what was said before anybody listened', () => {
    const late = read([
      [80_000, 100_000],
      [81_000, 100_003],
      [82_000, 100_400],
    ])
    expect(late?.clockAhead).to.equal(undefined)
    expect(late && health(late, 100_400)).to.equal('gone')
  })

  it('is known as soon as the agent goes on speaking', () => {
    const on = read([
      [96_000, 100_000],
      [97_000, 100_003],
      [97_200, 100_200],
      [98_200, 101_200],
    ])
    expect(on?.clockAhead).to.equal(-3_000)
  })

  it('is judged by the heartbeat that was held up least', () => {
    const heldUp = [
      [100_000, 100_001],
      [101_000, 101_001],
      [102_000, 109_000],
      [109_000, 109_002],
    ] as const
    expect(read(heldUp)?.clockAhead).to.equal(-2)
  })
})

describe('hearing a heartbeat', () => {
  it('takes no notice of one played again', () => {
    const now = hear(undefined, beat(100_000, 5), 100_000)
    expect(hear(now, beat(100_000, 5), 103_000)).to.equal(now)
    expect(hear(now, beat(99_000, 4), 103_000)).to.equal(now)
  })

  it('takes a new run for news, and an older run for old', () => {
    const now = hear(undefined, beat(100_000, 5), 100_000)
    expect(hear(now, beat(101_000, 1, { run: 'r2' }), 101_000).heartbeat.run).to.equal('r2')
    expect(hear(now, beat(90_000, 99, { run: 'r0' }), 101_000)).to.equal(now)
  })

  it('takes a run with the right time for news after one whose clock was ahead', () => {
    const ahead = hear(undefined, beat(3_700_000, 9), 100_000)
    const right = hear(ahead, beat(102_000, 1, { run: 'r2' }), 102_000)
    expect(right.heartbeat.run).to.equal('r2')
    expect(health(right, 102_000)).to.equal('live')
    expect(hear(ahead, beat(90_000, 1, { run: 'r0' }), 102_000), 'played again').to.equal(ahead)
  })
})

describe('an agent that starts anew with its clock put back', () => {
  it('is heard once nothing else was heard of it for five seconds', () => {
    const before = heard(beat(103_000, 9), 100_000)
    const heartbeat = beat(102_000, 1, { run: 'r2' })
    expect(hear(before, heartbeat, 105_000)).to.equal(before)
    expect(health(hear(before, heartbeat, 105_001), 105_001)).to.equal('live')
  })

  it('is found skewed if that made the clock wrong', () => {
    const right = heard(beat(700_000, 9, { state: 'leaving' }), 700_000)
    const first = hear(right, beat(110_000, 1, { run: 'r2' }), 710_000)
    const second = hear(first, beat(111_000, 2, { run: 'r2' }), 711_000)
    expect(health(second, 711_000)).to.equal('skewed')
  })

  it('is not made live by repetitions of what the last run said', () => {
    const last = heard(beat(100_000, 9), 100_000)
    const older = hear(last, beat(90_000, 1, { run: 'r0' }), 105_001)
    const repeated = hear(older, beat(100_000, 9), 105_002)
    expect(health(repeated, 105_002)).not.to.equal('live')
  })
})
