import { expect } from 'chai'
import type { KeptChallenge } from '../../../../provider/mfa/kept-challenge.ts'
import { createOpenChallenges, isOpenChallenge } from '../../../../provider/mfa/open-challenges.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const challenge: KeptChallenge = { purpose: 'verify', method: 'passkey', expected: 'this' }
const lifetime = 300_000

function setUp() {
  const clock = stoppedClock()
  const store = createMemoryStore(clock)
  const process = (secret = Buffer.alloc(32, 1), ...others: Buffer[]) =>
    createOpenChallenges({ store, clock, secrets: () => [secret, ...others], lifetime })
  return { clock, store, process }
}

describe('a challenge for nobody in particular', () => {
  it('says by itself what it is, to every process with the same secret', async () => {
    const { process } = setUp()
    const id = process().make(challenge)
    expect(isOpenChallenge(id)).to.equal(true)
    expect(await process().find(id)).to.deep.equal(challenge)
    expect(await process(Buffer.alloc(32, 2)).find(id)).to.equal(undefined)
  })

  it('is known to a process that signs with the secret before, and not once that is gone', async () => {
    const { process } = setUp()
    const [older, newer] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
    const ids = [process(older).make(challenge), process(newer).make(challenge)]
    const found = (of: ReturnType<typeof process>) =>
      Promise.all(ids.map(async (id) => (await of.find(id)) !== undefined))
    expect(await found(process(older, newer))).to.deep.equal([true, true])
    expect(await found(process(newer))).to.deep.equal([false, true])
    const made = process(older, newer).make(challenge)
    expect(await process(older).find(made), 'by one that knows no newer').not.to.equal(undefined)
  })

  it('cannot be made up or altered', async () => {
    const { process } = setUp()
    const [body = '', mac = ''] = process().make(challenge).split('.')
    const other = Buffer.from(body, 'base64url').toString().replace('this', 'that')
    for (const id of [
      `${Buffer.from(other).toString('base64url')}.${mac}`,
      `${body}.`,
      `${body}.${mac.slice(1)}`,
      `${body}.${'ü'.repeat(43)}`,
      '.',
      'nonsense.nonsense',
    ]) {
      expect(await process().find(id), id).to.equal(undefined)
    }
  })

  it('is good for its time and not longer', async () => {
    const { clock, process } = setUp()
    const id = process().make(challenge)
    clock.advance(lifetime - 1)
    expect(await process().find(id)).to.deep.equal(challenge)
    clock.advance(1)
    expect(await process().find(id)).to.equal(undefined)
  })

  it('is used up once, in all processes, for as long as it would be good', async () => {
    const { clock, process } = setUp()
    const id = process().make(challenge)
    clock.advance(lifetime / 2)
    const used = await Promise.all([process().useUp(id), process().useUp(id)])
    expect(used.filter(Boolean)).to.have.length(1)
    clock.advance(lifetime / 2 - 1)
    expect(await process().find(id)).to.equal(undefined)
  })
})
