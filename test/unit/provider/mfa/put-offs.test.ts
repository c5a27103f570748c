import { expect } from 'chai'
import { createPutOffs } from '../../../../provider/mfa/put-offs.ts'
import { sealedStore } from '../../../../shared/sealed-store.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

describe('putting off a second factor', () => {
  const clock = stoppedClock()
  const opened = () =>
    createPutOffs({ store: sealedStore(createMemoryStore(clock), clock.randomBytes(32), clock) })

  it('counts sign-ins of each person, and a form that is sent twice once', async () => {
    const putOffs = opened()
    const sent = ['one', 'one', 'two'].map((signIn) => putOffs.putOff('corp:1', signIn, 2))
    expect(await Promise.all(sent)).to.deep.equal([true, true, true])
    expect(await putOffs.count('corp:1')).to.equal(2)
    expect(await putOffs.count('corp:2')).to.equal(0)
  })

  it('is taken no more often than is allowed, of however many at once', async () => {
    const putOffs = opened()
    const sent = ['one', 'two', 'three', 'four'].map((signIn) =>
      putOffs.putOff('corp:1', signIn, 2),
    )
    expect((await Promise.all(sent)).filter(Boolean)).to.have.length(2)
    expect(await putOffs.putOff('corp:1', 'five', 2)).to.equal(false)
  })
})
