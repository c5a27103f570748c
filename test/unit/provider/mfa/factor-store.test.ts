import { expect } from 'chai'
import type { FactorMethod, FactorPerson } from '../../../../provider/mfa/factor.ts'
import { createFactorStore, type FactorStore } from '../../../../provider/mfa/factor-store.ts'
import type { Store } from '../../../../shared/store.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { type StoppedClock, stoppedClock } from '../../../support/stopped-clock.ts'

const ada: FactorPerson = { sub: 'corp:1', username: 'ada' }
const bob: FactorPerson = { sub: 'corp:2', username: 'bob' }

describe('the factor store', () => {
  let clock: StoppedClock
  let store: Store
  let factors: FactorStore

  beforeEach(() => {
    clock = stoppedClock()
    store = createMemoryStore(clock)
    factors = createFactorStore({ store, clock })
  })

  const add = (name: string, method: FactorMethod = 'totp', person = ada) =>
    factors.add({ person, method, enrolment: { name, data: { of: name }, amr: [] } })
  const names = async () => (await factors.list(ada.sub)).map(({ name }) => name)

  async function added(name: string, method: FactorMethod = 'totp', person = ada) {
    const factor = await add(name, method, person)
    if (typeof factor === 'string') throw new Error(`not added: ${factor}`)
    return factor
  }

  it('has nothing of a person who registered nothing', async () => {
    expect(await factors.list(ada.sub)).to.deep.equal([])
  })

  it('gives back what was registered, oldest first, and nobody else has it', async () => {
    const first = await added('telephone')
    clock.advance(1000)
    await added('tablet')
    expect(await names()).to.deep.equal(['telephone', 'tablet'])
    expect(first).to.deep.include({ method: 'totp', createdAt: clock.now() - 1000 })
    expect(first.data).to.deep.equal({ of: 'telephone' })
    expect(await factors.list(bob.sub)).to.deep.equal([])
  })

  it('knows the last use, and data that changed with it', async () => {
    const { id } = await added('telephone')
    clock.advance(1000)
    await factors.used(ada.sub, id)
    const [once] = await factors.list(ada.sub)
    expect(once).to.deep.include({ lastUsedAt: clock.now(), data: { of: 'telephone' } })
    clock.advance(1000)
    await factors.used(ada.sub, id, { counter: 2 })
    const [twice] = await factors.list(ada.sub)
    expect(twice).to.deep.include({ lastUsedAt: clock.now(), data: { counter: 2 } })
  })

  it('renames', async () => {
    const { id } = await added('telephone')
    expect(await factors.rename(ada.sub, id, 'old telephone')).to.equal(true)
    expect(await names()).to.deep.equal(['old telephone'])
    expect(await factors.rename(bob.sub, id, "not Bob's")).to.equal(false)
    expect(await names()).to.deep.equal(['old telephone'])
  })

  it('removes, and only once', async () => {
    const { id } = await added('telephone')
    await added('tablet')
    expect(await factors.remove(bob.sub, id)).to.equal(false)
    expect(await factors.remove(ada.sub, id)).to.equal(true)
    expect(await factors.remove(ada.sub, id)).to.equal(false)
    expect(await names()).to.deep.equal(['tablet'])
  })

  it('does not bring back what was removed while it was renamed or used', async () => {
    const { id } = await added('telephone')
    const held = holdSets(store)
    const slow = createFactorStore({ store: held.store, clock })
    const late = [slow.rename(ada.sub, id, 'back'), slow.used(ada.sub, id, { counter: 1 })]
    await held.reached
    await factors.remove(ada.sub, id)
    held.release()
    await Promise.all(late)
    expect(await factors.list(ada.sub)).to.deep.equal([])
  })

  it('takes five TOTP devices and no sixth, and a sixth once one is removed', async () => {
    for (const name of ['1', '2', '3', '4', '5']) await added(name)
    expect(await add('6')).to.equal('tooMany')
    const [first] = await factors.list(ada.sub)
    await factors.remove(ada.sub, first?.id ?? '')
    await added('7')
    expect(await names()).to.deep.equal(['2', '3', '4', '5', '7'])
  })

  it('counts devices of each person and method alone', async () => {
    for (const name of ['1', '2', '3', '4', '5']) await added(name)
    await added('key', 'passkey')
    await added('1', 'totp', bob)
    expect((await names()).length).to.equal(6)
  })

  it('keeps to the limit if eight are added at once, and says so to those beyond it', async () => {
    const all = await Promise.all(['1', '2', '3', '4', '5', '6', '7', '8'].map((n) => add(n)))
    const kept = all.flatMap((each) => (typeof each === 'string' ? [] : [each.id]))
    expect(all.filter((each) => each === 'tooMany').length).to.equal(3)
    expect((await factors.list(ada.sub)).map(({ id }) => id)).to.deep.equal(kept)
  })

  for (const method of ['recoveryCode', 'temporaryAccessPass'] as const) {
    it(`lets a new ${method} take the place of the old one`, async () => {
      await added('telephone')
      await added('old', method)
      const { id } = await added('new', method)
      expect(await names()).to.deep.equal(['telephone', 'new'])
      await factors.remove(ada.sub, id)
      expect(await names()).to.deep.equal(['telephone'])
    })
  }

  it('tells one of two sets of recovery codes made at once that it does not count', async () => {
    const both = await Promise.all([add('one', 'recoveryCode'), add('other', 'recoveryCode')])
    const kept = both.filter((each) => typeof each !== 'string')
    expect(both).to.include('replaced')
    expect(await factors.list(ada.sub)).to.deep.equal(kept)
  })

  it('finds who is known by a name, as long as they have a factor', async () => {
    const enrolment = { name: 'key', data: {}, amr: [], knownAs: 'handle' }
    const factor = await factors.add({ person: ada, method: 'passkey', enrolment })
    if (typeof factor === 'string') throw new Error(factor)
    expect(await factors.owner('passkey', 'handle')).to.deep.equal(ada)
    expect(await factors.owner('passkey', 'another')).to.equal(undefined)
    const again = await factors.add({ person: bob, method: 'passkey', enrolment })
    expect(again).to.equal('alreadyThere')
    await factors.remove(ada.sub, factor.id)
    expect(await factors.owner('passkey', 'handle')).to.equal(undefined)
    const moved = await factors.add({ person: bob, method: 'passkey', enrolment })
    expect(moved).to.be.an('object')
    expect(await factors.owner('passkey', 'handle')).to.deep.equal(bob)
  })

  it('loses none of those that stay, however many have come and gone', async () => {
    await added('stays')
    const gone = (id: number) =>
      store.append(`factors:${ada.sub}`, String(id), { max: 1_000, ttl: 60_000 })
    for (let id = 0; id < 990; id += 1) await gone(id)
    for (let turn = 0; turn < 20; turn += 1) {
      const { id } = await added('goes', 'passkey')
      await factors.remove(ada.sub, id)
    }
    expect(await names()).to.deep.equal(['stays'])
  })
})

/** A store whose writes wait. */
function holdSets(store: Store) {
  const gate = Promise.withResolvers<void>()
  const first = Promise.withResolvers<void>()
  const set: Store['set'] = async (...written) => {
    first.resolve()
    await gate.promise
    await store.set(...written)
  }
  return { store: { ...store, set }, reached: first.promise, release: gate.resolve }
}
