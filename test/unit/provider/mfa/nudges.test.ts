import { expect } from 'chai'
import { createNudges } from '../../../../provider/mfa/nudges.ts'
import { sealedStore } from '../../../../shared/sealed-store.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const day = 86_400_000

describe('suggestions to set up a passkey', () => {
  const opened = () => {
    const clock = stoppedClock()
    const store = sealedStore(createMemoryStore(clock), clock.randomBytes(32), clock)
    return { clock, nudges: createNudges(store) }
  }

  it('come once in 30 days, to one of several sign-ins at once, and to each person', async () => {
    const { clock, nudges } = opened()
    const asked = await Promise.all([1, 2, 3].map(() => nudges.isDue('corp:1')))
    expect(asked.filter(Boolean)).to.have.length(1)
    expect(await nudges.isDue('corp:2')).to.equal(true)
    clock.advance(30 * day - 1)
    expect(await nudges.isDue('corp:1')).to.equal(false)
    clock.advance(1)
    expect(await nudges.isDue('corp:1')).to.equal(true)
  })

  it('come no more once somebody does not want them', async () => {
    const { clock, nudges } = opened()
    await nudges.never('corp:1')
    clock.advance(3_000 * day)
    expect(await nudges.isDue('corp:1')).to.equal(false)
    expect(await nudges.isDue('corp:2')).to.equal(true)
  })
})
