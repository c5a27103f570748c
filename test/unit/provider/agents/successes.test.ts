import { expect } from 'chai'
import { createSuccesses, readSuccesses } from '../../../../provider/agents/successes.ts'
import { systemClock } from '../../../../shared/clock.ts'
import { Fault } from '../../../../shared/fault.ts'
import { createLog } from '../../../../shared/log.ts'
import { sealedStore } from '../../../../shared/sealed-store.ts'
import type { Store } from '../../../../shared/store.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { eventually } from '../../../support/eventually.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const log = createLog({ level: 'silent', process: 'test' })
const alice = { realm: 'corp', sub: 'corp:42', reference: 'REF1', clientId: 'demo' }

/** A store that counts what is written to it, and can fail. */
function watched() {
  const clock = stoppedClock()
  const inner = createMemoryStore(systemClock)
  const written: string[] = []
  const state = { isDown: false }
  const watching: Store = {
    ...inner,
    append: async (key, value, options) => {
      if (state.isDown) throw new Fault('storeDown', 'as the test wants it')
      written.push(`${key} ${value}`)
      await inner.append(key, value, options)
    },
  }
  const store = sealedStore(watching, Buffer.alloc(32, 7), clock)
  return { clock, store, written, state, successes: createSuccesses({ store, clock, log }) }
}

describe('whom an agent has let in', () => {
  it('is listed newest first, for each agent its own', async () => {
    const { successes, clock } = watched()
    successes.note('a', alice)
    clock.advance(1_000)
    successes.note('a', { ...alice, sub: 'corp:43', alsoBy: 'b' })
    successes.note('b', { ...alice, sub: 'corp:43', alsoBy: 'a' })
    const now = clock.now()
    expect(await successes.of('a')).to.deep.equal([
      { ...alice, sub: 'corp:43', alsoBy: 'b', at: now },
      { ...alice, at: now - 1_000 },
    ])
    expect(await successes.of('b')).to.have.length(1)
    expect(await successes.of('c')).to.deep.equal([])
    await successes.stop()
  })

  it('is stored about once a second, many people in one go', async () => {
    const { successes, written } = watched()
    for (let count = 0; count < 95; count += 1) successes.note('a', alice)
    expect(written, 'a sign-in waits for no store').to.deep.equal([])
    await eventually(() => written.length > 0)
    expect(written).to.have.length(10)
    await successes.stop()
  })

  it('cannot be read in the store', async () => {
    const { successes, written } = watched()
    successes.note('agent-1', alice)
    await successes.stop()
    expect(written).to.have.length(1)
    for (const secret of ['agent-1', 'corp:42', 'demo', 'REF1']) {
      expect(written[0]).not.to.contain(secret)
    }
  })

  it('is stored at the end of the process, and read by another', async () => {
    const { successes, store, clock } = watched()
    successes.note('a', alice)
    await successes.stop()
    expect(await readSuccesses({ store, clock }, 'a')).to.have.length(1)
  })

  it('is kept for a store that comes back', async () => {
    const { successes, state, written } = watched()
    state.isDown = true
    successes.note('a', alice)
    await successes.of('a')
    state.isDown = false
    await eventually(() => written.length === 1)
    expect(await successes.of('a')).to.have.length(1)
    await successes.stop()
  })

  it('is forgotten after a day', async () => {
    const { successes, clock } = watched()
    successes.note('a', alice)
    await successes.of('a')
    clock.advance(24 * 3_600_000 - 1)
    expect(await successes.of('a')).to.have.length(1)
    clock.advance(1)
    expect(await successes.of('a')).to.deep.equal([])
    await successes.stop()
  })

  it('is the newest thousand at most', async () => {
    const { successes, clock } = watched()
    for (let count = 0; count < 1_100; count += 1) {
      clock.advance(1)
      successes.note('a', { ...alice, sub: `corp:${count}` })
    }
    const all = await successes.of('a')
    expect(all).to.have.length(1_000)
    expect(all[0]?.sub).to.equal('corp:1099')
    await successes.stop()
  })
})
