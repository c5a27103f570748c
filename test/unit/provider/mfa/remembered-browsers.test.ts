import { expect } from 'chai'
import {
  createRememberedBrowsers,
  type RememberedBrowsers,
} from '../../../../provider/mfa/remembered-browsers.ts'
import type { Store } from '../../../../shared/store.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { type StoppedClock, stoppedClock } from '../../../support/stopped-clock.ts'

const ada = 'corp:1'
const bob = 'corp:2'
const day = 86_400_000

describe('remembered browsers', () => {
  let clock: StoppedClock
  let store: Store
  let browsers: RememberedBrowsers
  let endedAt: number

  beforeEach(() => {
    clock = stoppedClock()
    store = createMemoryStore(clock)
    endedAt = 0
    browsers = createRememberedBrowsers({ store, clock, endedAt: async () => endedAt })
  })

  it('are found by what they were given, for the days that were said', async () => {
    const about = { browser: 'Firefox', platform: 'windows', country: 'DE' }
    const cookie = await browsers.remember(ada, { days: 14, ...about })
    const at = clock.now()
    expect(await browsers.find(ada, cookie)).to.deep.include({ at, ends: at + 14 * day, ...about })
    clock.advance(14 * day)
    expect(await browsers.find(ada, cookie)).to.equal(undefined)
    expect(await browsers.list(ada)).to.deep.equal([])
  })

  it('are found for nobody else, and by nothing else', async () => {
    const cookie = await browsers.remember(ada, { days: 14 })
    const [{ id } = { id: '' }] = await browsers.list(ada)
    for (const other of ['', id, 'x'.repeat(43), `${cookie}x`, undefined]) {
      expect(await browsers.find(ada, other)).to.equal(undefined)
    }
    expect(await browsers.find(bob, cookie)).to.equal(undefined)
  })

  it('are several people’s, whichever of them comes back', async () => {
    const first = await browsers.remember(ada, { days: 1 })
    const both = await browsers.remember(bob, { days: 14 }, first)
    clock.advance(1000)
    expect(await browsers.find(ada, both)).to.not.equal(undefined)
    expect(await browsers.find(bob, both)).to.not.equal(undefined)
  })

  it('have a new secret each time, and the one before is worth nothing', async () => {
    const planted = await browsers.remember(ada, { days: 14 })
    const cookie = await browsers.remember(ada, { days: 14 }, planted)
    expect(await browsers.find(ada, planted)).to.equal(undefined)
    expect(await browsers.find(ada, cookie)).to.not.equal(undefined)
    expect(await browsers.list(ada)).to.have.length(1)
    expect(cookie.split('.')).to.have.length(1)
  })

  it('are at most five people’s: the ones of longest ago are asked again', async () => {
    let cookie: string | undefined
    for (let person = 1; person <= 6; person += 1) {
      cookie = await browsers.remember(`corp:${person}`, { days: 14 }, cookie)
    }
    expect(await browsers.find('corp:1', cookie)).to.equal(undefined)
    expect(await browsers.find('corp:2', cookie)).to.not.equal(undefined)
  })

  it('are listed newest first, and revoked one by one or all together', async () => {
    const cookies = []
    for (const browser of ['Firefox', 'Chrome', 'Safari']) {
      cookies.push(await browsers.remember(ada, { days: 14, browser }))
      clock.advance(1000)
    }
    const listed = await browsers.list(ada)
    expect(listed.map(({ browser }) => browser)).to.deep.equal(['Safari', 'Chrome', 'Firefox'])
    expect(await browsers.revoke(ada, listed[0]?.id ?? '')).to.equal(true)
    expect(await browsers.revoke(ada, listed[0]?.id ?? '')).to.equal(false)
    expect(await browsers.revoke(bob, listed[1]?.id ?? '')).to.equal(false)
    expect(await browsers.find(ada, cookies[2])).to.equal(undefined)
    expect(await browsers.find(ada, cookies[1])).to.not.equal(undefined)
    expect(await browsers.revokeAll(ada)).to.equal(2)
    expect(await browsers.list(ada)).to.deep.equal([])
  })

  it('count no more once all that was before has ended', async () => {
    const cookie = await browsers.remember(ada, { days: 14 })
    endedAt = clock.now()
    expect(await browsers.find(ada, cookie)).to.equal(undefined)
    expect(await browsers.list(ada)).to.deep.equal([])
    clock.advance(1)
    const anew = await browsers.remember(ada, { days: 14 }, cookie)
    expect(await browsers.find(ada, anew)).to.not.equal(undefined)
  })

  it('are at most fifty of a person, and one that is not listed does not count', async () => {
    const first = await browsers.remember(ada, { days: 14 })
    for (let more = 0; more < 50; more += 1) await browsers.remember(ada, { days: 14 })
    expect(await browsers.list(ada)).to.have.length(50)
    expect(await browsers.find(ada, first)).to.equal(undefined)
  })

  it('leave nothing in the store that could be put into a cookie', async () => {
    const written: string[] = []
    const watched: Store = {
      ...store,
      set: (key, value, ttl) => {
        written.push(key, value)
        return store.set(key, value, ttl)
      },
      append: (key, value, options) => {
        written.push(key, value)
        return store.append(key, value, options)
      },
    }
    const watching = createRememberedBrowsers({ store: watched, clock, endedAt: async () => 0 })
    const cookie = await watching.remember(ada, { days: 14 })
    expect(written).to.have.length(4)
    expect(written.filter((text) => text.includes(cookie))).to.deep.equal([])
  })
})
