import { expect } from 'chai'
import { createMemoryBus } from '../../../shared/bus-memory.ts'
import { busContract } from '../../contracts/bus.ts'
import { eventually } from '../../support/eventually.ts'

describe('bus in memory', () => {
  busContract(async () => ({ bus: createMemoryBus(), dispose: async () => {} }))

  it('trims the oldest entries away', async () => {
    const bus = createMemoryBus({ maxLength: 2 })
    for (const text of ['a', 'b', 'c']) await bus.add('stream', { text })
    const seen: unknown[] = []
    const options = { concurrency: 1, onError: (error: unknown) => seen.push(error) }
    const subscription = bus.consume('stream', options, ({ text }) => void seen.push(text))
    await eventually(() => void expect(seen).to.deep.equal(['b', 'c']))
    await subscription.stop()
  })

  it('hands over what an entry was when it was added', async () => {
    const bus = createMemoryBus()
    const entry = { text: 'before' }
    await bus.add('stream', entry)
    entry.text = 'after'
    const seen: unknown[] = []
    const options = { concurrency: 1, onError: (error: unknown) => seen.push(error) }
    const subscription = bus.consume('stream', options, ({ text }) => void seen.push(text))
    await eventually(() => void expect(seen).to.deep.equal(['before']))
    await subscription.stop()
  })
})
