import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { systemClock } from '../../../shared/clock.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { storeContract } from '../../contracts/store.ts'
import { expectFault } from '../../support/rejection.ts'
import { stoppedClock } from '../../support/stopped-clock.ts'

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  collectGarbage()
  return process.memoryUsage().heapUsed
}

describe('store in memory', () => {
  storeContract(async () => ({
    store: createMemoryStore(systemClock),
    dispose: async () => {},
  }))

  it('keeps a value to the last millisecond, and not one more', async () => {
    const clock = stoppedClock()
    const store = createMemoryStore(clock)
    await store.set('key', 'value', 1_000)
    clock.advance(999)
    expect(await store.get('key')).to.equal('value')
    clock.advance(1)
    expect(await store.get('key')).to.equal(undefined)
    expect(await store.delete('key')).to.equal(false)
  })

  it('counts the window from the first count', async () => {
    const clock = stoppedClock()
    const store = createMemoryStore(clock)
    await store.count('key', 1_000)
    clock.advance(900)
    expect(await store.count('key', 1_000)).to.equal(2)
    clock.advance(100)
    expect(await store.count('key', 1_000)).to.equal(1)
  })

  it('keeps a value without an end', async () => {
    const clock = stoppedClock()
    const store = createMemoryStore(clock)
    await store.set('key', 'value')
    clock.advance(1e12)
    await store.set('other', 'makes it sweep')
    expect(await store.get('key')).to.equal('value')
  })

  it('lets go of what has ended', async () => {
    const clock = stoppedClock()
    const store = createMemoryStore(clock)
    const before = heapUsed()
    for (let round = 0; round < 50; round += 1) {
      for (let index = 0; index < 100; index += 1) {
        await store.set(`${round}:${index}`, Buffer.alloc(10_000, 'x').toString(), 1_000)
      }
      clock.advance(60_000)
    }
    // All of it would be 50 million bytes.
    expect(heapUsed() - before).to.be.below(10_000_000)
    expect(await store.get('0:0')).to.equal(undefined)
  })

  it('refuses to read a list as text and text as a list', async () => {
    const store = createMemoryStore(stoppedClock())
    await store.append('list', 'value', { max: 1, ttl: 1_000 })
    await store.set('text', 'value')
    await expectFault(store.get('list'), 'storeDown')
    await expectFault(store.append('text', 'value', { max: 1, ttl: 1_000 }), 'storeDown')
  })
})
