import { expect } from 'chai'
import { pino } from 'pino'
import { type Acceptances, createAcceptances } from '../../../../provider/terms/acceptances.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const ada = 'corp:ada'
const reference = '7KQ-M2X-9TF'

describe('acceptances of terms', () => {
  const clock = stoppedClock()
  let store = createMemoryStore(clock)
  let lines: string[] = []
  beforeEach(() => {
    store = createMemoryStore(clock)
    lines = []
  })

  /** The process as it is with these versions of its terms. */
  function withVersions(versions: Record<string, number>): Acceptances {
    const terms = Object.entries(versions).map(([name, version]) => {
      return {
        name,
        version,
        title: name,
        text: [{ kind: 'paragraph' as const, text: 'Be kind.' }],
      }
    })
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    return createAcceptances({ terms, store, clock, log })
  }

  it('are one person’s, for one text', async () => {
    const kept = withVersions({ staff: 1, guests: 1 })
    expect(await kept.isAccepted(ada, 'staff')).to.equal(false)
    expect(await kept.accept(ada, { name: 'staff', version: 1, reference })).to.equal(true)
    expect(await kept.isAccepted(ada, 'staff')).to.equal(true)
    expect(await kept.isAccepted(ada, 'guests')).to.equal(false)
    expect(await kept.isAccepted('corp:bob', 'staff')).to.equal(false)
  })

  it('are asked for again when there is a new version', async () => {
    await withVersions({ staff: 1 }).accept(ada, { name: 'staff', version: 1, reference })
    const kept = withVersions({ staff: 2 })
    expect(await kept.isAccepted(ada, 'staff')).to.equal(false)
    await kept.accept(ada, { name: 'staff', version: 2, reference })
    expect(await kept.isAccepted(ada, 'staff')).to.equal(true)
    expect(await withVersions({ staff: 1 }).isAccepted(ada, 'staff')).to.equal(true)
  })

  it('count for what was shown alone, not for what came while it was read', async () => {
    const kept = withVersions({ staff: 2 })
    expect(await kept.accept(ada, { name: 'staff', version: 1, reference })).to.equal(false)
    expect(await kept.accept(ada, { name: 'staff', version: Number.NaN, reference })).to.equal(
      false,
    )
    expect(await kept.isAccepted(ada, 'staff')).to.equal(false)
    expect(lines).to.deep.equal([])
  })

  it('are never those of terms that are not there', async () => {
    const kept = withVersions({})
    expect(kept.find('staff')).to.equal(undefined)
    expect(await kept.accept(ada, { name: 'staff', version: 1, reference })).to.equal(false)
    expect(await kept.isAccepted(ada, 'staff')).to.equal(false)
  })

  it('are in the log once, and stay without an end', async () => {
    const kept = withVersions({ staff: 3 })
    await kept.accept(ada, { name: 'staff', version: 3, reference })
    await kept.accept(ada, { name: 'staff', version: 3, reference: 'other' })
    const logged = lines.map((line) => JSON.parse(line) as object)
    expect(logged).to.have.length(1)
    expect(logged[0]).to.include({ msg: 'terms accepted', sub: ada, terms: 'staff', version: 3 })
    expect(logged[0]).to.include({ reference })
    clock.advance(20 * 365 * 86_400_000)
    expect(await kept.isAccepted(ada, 'staff')).to.equal(true)
  })
})
