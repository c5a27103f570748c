import { expect } from 'chai'
import { array, assert, boolean, integer, nat, oneof, property, record } from 'fast-check'
import { type Judgement, listen, nobodyYet } from '../../../../provider/broker/clones.ts'
import type { Heartbeat } from '../../../../shared/wire.ts'

const start = 1_000_000

/** A heartbeat, and when it comes in. Times are milliseconds after the start. */
interface Arrival {
  readonly heartbeat: Heartbeat
  readonly arrives: number
}

function beat(run: string, counter: number, at: number, more: Partial<Heartbeat> = {}): Heartbeat {
  return {
    v: 1,
    agent: 'a',
    at: start + at,
    counter,
    run,
    state: 'ready',
    realms: ['corp'],
    version: '1',
    inFlight: 0,
    limit: 8,
    prekey: { kid: `key-of-${run}`, kty: 'RSA', n: 'n', e: 'AQAB' },
    trusts: ['channel-key'],
    warnings: [],
    ...more,
  }
}

/** Everything that is not fine, and when it was found. */
function found(arrivals: readonly Arrival[]): { name: Judgement['name']; at: number }[] {
  let speakers = nobodyYet
  const all: { name: Judgement['name']; at: number }[] = []
  for (const { heartbeat, arrives } of arrivals.toSorted((a, b) => a.arrives - b.arrives)) {
    const heard = { now: start + arrives, content: JSON.stringify(heartbeat) }
    const { after, judgement } = listen(speakers, heartbeat, heard)
    speakers = after
    if (judgement.name !== 'fine') all.push({ name: judgement.name, at: arrives })
  }
  return all
}

const atOnce = (heartbeat: Heartbeat): Arrival => ({ heartbeat, arrives: heartbeat.at - start })

/** A run that says so many heartbeats, one a second. */
function speech(id: string, from: number, count: number, firstCounter = 1): Arrival[] {
  return Array.from({ length: count }, (_, index) =>
    atOnce(beat(id, firstCounter + index, from + index * 1_000)),
  )
}

describe('two processes with one identity', () => {
  it('are noticed within three seconds of the second', () => {
    const second = speech('r2', 60_400, 10)
    const [first] = found([...speech('r1', 0, 80), ...second])
    expect(first?.name).to.equal('twoAtOnce')
    expect(first?.at).to.be.lessThan(60_400 + 3_000)
  })

  it('are noticed also if one of them speaks only now and then', () => {
    const rare = [60_400, 120_400, 180_400].map((at, index) => atOnce(beat('r2', index + 1, at)))
    expect(found([...speech('r1', 0, 200), ...rare])[0]?.name).to.equal('twoAtOnce')
  })

  it('are noticed if one calls itself a new run each time', () => {
    const ever = [1, 2, 3, 4].map((index) => atOnce(beat(`x${index}`, 1, index * 20_000 + 400)))
    expect(found([...speech('r1', 0, 100), ...ever])[0]?.name).to.equal('twoAtOnce')
  })

  it('are noticed if one says nothing but goodbyes, so that the other is not asked', () => {
    const goodbyes = [1, 2, 3, 4].map((index) =>
      atOnce(beat(`x${index}`, 1, index * 2_000 + 400, { state: 'leaving' })),
    )
    expect(found([...speech('r1', 0, 20), ...goodbyes])[0]?.name).to.equal('twoAtOnce')
  })

  it('are noticed when a machine is copied while it runs', () => {
    const copy = speech('r1', 60_400, 10, 61).map(({ heartbeat }) =>
      atOnce({ ...heartbeat, inFlight: 1 }),
    )
    const [first] = found([...speech('r1', 0, 80), ...copy])
    expect(first).to.deep.equal({ name: 'counterBack', at: 60_400 })
  })

  it('are noticed when one imitates the run and counter of the other', () => {
    const thief = atOnce(
      beat('r1', 11, 10_100, { prekey: { kid: 'thief', kty: 'RSA', n: 'n', e: 'AQAB' } }),
    )
    const [first] = found([...speech('r1', 100, 20), { ...thief, arrives: 10_050 }])
    expect(first?.name).to.equal('counterBack')
  })
})

describe('a machine that is put back to an earlier state', () => {
  it('is noticed at its first heartbeat, short or long ago as that state was', () => {
    for (const counter of [400, 200, 2]) {
      const back = atOnce(beat('r1', counter, 410_000))
      expect(found([...speech('r1', 0, 400), back]), String(counter)).to.deep.equal([
        { name: 'counterBack', at: 410_000 },
      ])
    }
  })
})

describe('what looks like two and is one', () => {
  it('is an agent that was restarted, with a goodbye or without', () => {
    const goodbye = atOnce(beat('r1', 11, 10_200, { state: 'leaving' }))
    expect(found([...speech('r1', 0, 10), goodbye, ...speech('r2', 10_300, 10)])).to.deep.equal([])
    expect(found([...speech('r1', 0, 10), ...speech('r2', 9_001, 10)])).to.deep.equal([])
  })

  it('is an agent that falls over again and again', () => {
    const runs = Array.from({ length: 20 }, (_, index) => speech(`r${index}`, index * 1_500, 1))
    expect(found(runs.flat())).to.deep.equal([])
  })

  it('is a frozen process that is ended when it wakes, while its successor is there', () => {
    const old = [
      ...speech('r1', 0, 10),
      // What it was about to send when it froze; then one of its timer; then its end.
      { heartbeat: beat('r1', 11, 10_000), arrives: 32_000 },
      atOnce(beat('r1', 12, 32_010)),
      atOnce(beat('r1', 13, 32_500, { state: 'leaving' })),
    ]
    expect(found([...old, ...speech('r2', 20_500, 30)])).to.deep.equal([])
  })

  it('is an agent whose successor is started a moment before it ends', () => {
    const goodbye = atOnce(beat('r1', 12, 10_700, { state: 'leaving' }))
    expect(found([...speech('r1', 0, 11), goodbye, ...speech('r2', 9_500, 10)])).to.deep.equal([])
  })

  it('is a restart after which the clock was put back by some seconds', () => {
    const later = speech('r2', 10_000, 20).map(({ heartbeat }) => ({
      heartbeat: { ...heartbeat, at: heartbeat.at - 3_000 },
      arrives: heartbeat.at - start,
    }))
    expect(found([...speech('r1', 0, 10), ...later])).to.deep.equal([])
  })

  it('is a run before the last whose heartbeats were held back and played afterwards', () => {
    const kept = [1, 2, 3, 4].map((counter) => beat(`r${counter}`, 1, 9_000 + counter * 100))
    const played = kept.map((heartbeat, index) => ({ heartbeat, arrives: 11_100 + index * 1_000 }))
    expect(found([...played, ...speech('r9', 10_000, 10)])).to.deep.equal([])
  })
})

/** One honest agent: its runs one after the other, each beating once a second, with gaps. */
const honestAgent = array(
  record({
    pause: integer({ min: 1, max: 20_000 }),
    gaps: array(
      oneof(
        { weight: 8, arbitrary: integer({ min: 950, max: 1_200 }) },
        // The process or the whole machine was frozen.
        { weight: 1, arbitrary: integer({ min: 1_200, max: 90_000 }) },
      ),
      { minLength: 1, maxLength: 40 },
    ),
    saysGoodbye: boolean(),
  }),
  { minLength: 1, maxLength: 6 },
).map((runs) => {
  let at = 0
  return runs.flatMap(({ pause, gaps, saysGoodbye }, index) => {
    at += pause
    const beats = gaps.map((gap, counter) => {
      at += gap
      return beat(`r${index}`, counter + 1, at)
    })
    const goodbye = beat(`r${index}`, beats.length + 1, at + 1, { state: 'leaving' })
    return saysGoodbye ? [...beats, goodbye] : beats
  })
})

/** A bus that is somebody else's: it loses, delays and repeats whatever it likes. */
const busOfAnEnemy = honestAgent.chain((beats) =>
  array(
    record({
      which: nat({ max: beats.length - 1 }),
      delay: oneof(integer({ min: 0, max: 6_000 }), integer({ min: 0, max: 200_000 })),
    }),
    { maxLength: beats.length * 3 },
  ).map((played) =>
    played.flatMap(({ which, delay }) => {
      const heartbeat = beats[which]
      return heartbeat ? [{ heartbeat, arrives: heartbeat.at - start + delay }] : []
    }),
  ),
)

describe('an honest agent, whatever it goes through', () => {
  it('is never taken for two when all it says arrives', () => {
    assert(
      property(honestAgent, (beats) => {
        expect(found(beats.map(atOnce))).to.deep.equal([])
      }),
      { numRuns: 300 },
    )
  })

  it('is never taken for two though the bus loses, delays, reorders and repeats at will', () => {
    assert(
      property(busOfAnEnemy, (arrivals) => {
        expect(found(arrivals)).to.deep.equal([])
      }),
      { numRuns: 500 },
    )
  })
})

describe('two honest-looking processes at once, whatever their rhythm', () => {
  it('are noticed within three seconds, if nothing is lost', () => {
    const rhythm = record({
      phase: integer({ min: 1, max: 999 }),
      gaps: array(integer({ min: 950, max: 1_050 }), { minLength: 10, maxLength: 10 }),
      delays: array(integer({ min: 0, max: 40 }), { minLength: 10, maxLength: 10 }),
    })
    assert(
      property(rhythm, ({ phase, gaps, delays }) => {
        const begins = 60_000 + phase
        let at = begins
        const second = gaps.map((gap, index) => {
          // Of two that speak in the same millisecond neither is the later one.
          if (at % 1_000 === 0) at += 1
          const heartbeat = beat('r2', index + 1, at)
          at += gap
          return { heartbeat, arrives: heartbeat.at - start + (delays[index] ?? 0) }
        })
        const [first] = found([...speech('r1', 0, 80), ...second])
        expect(first?.name).to.equal('twoAtOnce')
        expect(first?.at).to.be.lessThan(begins + 3_000)
      }),
      { numRuns: 300 },
    )
  })
})
