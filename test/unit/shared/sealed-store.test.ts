import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { systemClock } from '../../../shared/clock.ts'
import { sealedStore } from '../../../shared/sealed-store.ts'
import type { Store } from '../../../shared/store.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { storeContract } from '../../contracts/store.ts'
import { expectFault } from '../../support/rejection.ts'
import { stoppedClock } from '../../support/stopped-clock.ts'

const dataKey = randomBytes(32)
const key = 'session:alice@corp.example'
const value = '{"account":"alice","claims":{}}'
const minute = 60_000

/** A store that remembers what it was given, as whoever owns Redis could. */
function wiretap(store: Store) {
  const seen: string[] = []
  const names: string[] = []
  const note = (name: string, ...rest: readonly unknown[]) => {
    names.push(name)
    seen.push(name, JSON.stringify(rest))
  }
  const tapped: Store = {
    get: (name) => (note(name), store.get(name)),
    set: (name, ...rest) => (note(name, rest), store.set(name, ...rest)),
    delete: (name) => (note(name), store.delete(name)),
    take: (name) => (note(name), store.take(name)),
    claim: (name, ...rest) => (note(name, rest), store.claim(name, ...rest)),
    count: (name, window) => (note(name), store.count(name, window)),
    append: (name, ...rest) => (note(name, rest), store.append(name, ...rest)),
    range: (name) => (note(name), store.range(name)),
  }
  return { tapped, names, seen: () => seen.join('\n') }
}

function setUp() {
  const clock = stoppedClock()
  const inner = createMemoryStore(clock)
  const tap = wiretap(inner)
  return { clock, inner, ...tap, store: sealedStore(tap.tapped, dataKey, clock) }
}

/** The name under which the inner store keeps the only thing it was given. */
const only = ({ names }: { names: readonly string[] }) => names[0] ?? ''

describe('sealed store', () => {
  storeContract(async () => ({
    store: sealedStore(createMemoryStore(systemClock), dataKey, systemClock),
    dispose: async () => {},
  }))

  it('shows the inner store the purpose of a key, and nothing else', async () => {
    const { store, seen, names } = setUp()
    await store.set(key, value, minute)
    await store.claim('claim:alice', value, minute)
    await store.append('list:alice', value, { max: 2, ttl: minute })
    await store.count('count:alice', minute)
    expect(seen()).not.to.match(/alice|corp|account/)
    expect(names).to.have.lengthOf(4)
    for (const name of names) expect(name).to.match(/^(session|claim|list|count):[\w-]{43}$/)
  })

  it('hides a key without a purpose whole', async () => {
    const { store, names } = setUp()
    await store.set('alice', value)
    expect(only({ names })).to.match(/^[\w-]{43}$/)
  })

  it('finds a key again with the same data key, in another process', async () => {
    const { store, inner, clock } = setUp()
    await store.set(key, value)
    expect(await sealedStore(inner, dataKey, clock).get(key)).to.equal(value)
    expect(await sealedStore(inner, randomBytes(32), clock).get(key)).to.equal(undefined)
  })

  it('seals one value in two ways', async () => {
    const { store, inner, ...rest } = setUp()
    await store.set(key, value)
    const first = await inner.get(only(rest))
    await store.set(key, value)
    expect(await inner.get(only(rest))).not.to.equal(first)
  })

  it('gives out nothing that was altered', async () => {
    const { store, inner, ...rest } = setUp()
    await store.set(key, value)
    const sealed = Buffer.from((await inner.get(only(rest))) ?? '', 'base64url')
    for (let index = 0; index < sealed.length; index += 1) {
      const altered = Buffer.from(sealed)
      altered.writeUInt8((altered[index] ?? 0) ^ 1, index)
      await inner.set(only(rest), altered.toString('base64url'))
      await expectFault(store.get(key), 'sealBroken')
    }
  })

  for (const garbage of ['', 'garbage', '{"account":"root"}', 'A'.repeat(100)]) {
    it(`gives out nothing that was made up: ${garbage.slice(0, 20) || 'empty'}`, async () => {
      const { store, inner, ...rest } = setUp()
      await store.get(key)
      await inner.set(only(rest), garbage)
      await expectFault(store.get(key), 'sealBroken')
      await expectFault(store.take(key), 'sealBroken')
    })
  }

  it('gives out nothing that was moved to another key', async () => {
    const { store, inner, names } = setUp()
    await store.set('session:mallory', value)
    await store.get('session:alice')
    const [mallory = '', alice = ''] = names
    await inner.set(alice, (await inner.get(mallory)) ?? '')
    await expectFault(store.get('session:alice'), 'sealBroken')
  })

  it('gives out nothing that was kept beyond its end', async () => {
    const { store, inner, clock, ...rest } = setUp()
    await store.set(key, value, minute)
    const sealed = (await inner.get(only(rest))) ?? ''
    await inner.set(only(rest), sealed)
    clock.advance(minute)
    expect(await inner.get(only(rest))).to.equal(sealed)
    expect(await store.get(key)).to.equal(undefined)
    expect(await store.take(key)).to.equal(undefined)
  })

  it('gives out no list with a foreign value in it', async () => {
    const { store, inner, ...rest } = setUp()
    await store.append(key, value, { max: 5, ttl: minute })
    await inner.append(only(rest), 'foreign', { max: 5, ttl: minute })
    await expectFault(store.range(key), 'sealBroken')
  })

  it('names the kind of a value that does not open, and neither key nor value', async () => {
    const { store, inner, ...rest } = setUp()
    await store.get(key)
    await inner.set(only(rest), 'A'.repeat(100))
    const fault = await expectFault(store.get(key), 'sealBroken')
    expect(fault.message).to.equal('a value of kind "session": the seal does not open')
  })

  it('refuses a data key that is too short', () => {
    const short = () => sealedStore(createMemoryStore(systemClock), randomBytes(31), systemClock)
    expect(short).to.throw('the data key must have 32 bytes')
  })
})
