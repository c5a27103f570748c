import { expect } from 'chai'
import { randomId, systemClock } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import { eventually } from '../support/eventually.ts'

/**
 * What every store promises: see the comments of the port in `shared/store.ts`. Time is real here,
 * since the one of Redis cannot be moved; so ends are near and are waited for.
 *
 * @param make a store for one test; it need not be empty, since each test has a key of its own
 */
export function storeContract(
  make: () => Promise<{ store: Store; dispose: () => Promise<void> }>,
): void {
  let made: Awaited<ReturnType<typeof make>>
  let store: Store
  let key: string

  beforeEach(async () => {
    made = await make()
    store = made.store
    key = `contract:${randomId(systemClock)}`
  })

  afterEach(() => made.dispose())

  const near = 200
  const far = 60_000

  describe('get and set', () => {
    it('finds nothing where nothing is', async () => {
      expect(await store.get(key)).to.equal(undefined)
    })

    it('gives back what was written', async () => {
      const value = 'žluťoučký 🐎\r\n\u0000"$5"'
      await store.set(key, value)
      expect(await store.get(key)).to.equal(value)
    })

    it('tells an empty value from none', async () => {
      await store.set(key, '')
      expect(await store.get(key)).to.equal('')
    })

    it('replaces a value and its end', async () => {
      await store.set(key, 'first', near)
      await store.set(key, 'second')
      await store.set(`${key}:end`, 'x', near)
      await eventually(async () => (await store.get(`${key}:end`)) === undefined)
      expect(await store.get(key)).to.equal('second')
    })

    it('forgets a value at its end', async () => {
      await store.set(key, 'value', near)
      await eventually(async () => (await store.get(key)) === undefined)
    })

    it('takes an end that is not a whole millisecond', async () => {
      await store.set(key, 'value', far + 0.5)
      expect(await store.get(key)).to.equal('value')
    })

    it('keeps keys apart', async () => {
      await store.set(key, 'one')
      await store.set(`${key}:two`, 'two')
      expect(await store.get(key)).to.equal('one')
      expect(await store.get(`${key}:two`)).to.equal('two')
    })
  })

  describe('delete', () => {
    it('deletes, and says whether there was something', async () => {
      await store.set(key, 'value')
      expect(await store.delete(key)).to.equal(true)
      expect(await store.get(key)).to.equal(undefined)
      expect(await store.delete(key)).to.equal(false)
    })

    it('deletes lists and counters too', async () => {
      await store.append(key, 'value', { max: 3, ttl: far })
      await store.count(`${key}:counter`, far)
      expect(await store.delete(key)).to.equal(true)
      expect(await store.delete(`${key}:counter`)).to.equal(true)
      expect(await store.range(key)).to.deep.equal([])
      expect(await store.count(`${key}:counter`, far)).to.equal(1)
    })
  })

  describe('take', () => {
    it('gives the value to one of many', async () => {
      await store.set(key, 'value')
      const taken = await Promise.all(Array.from({ length: 20 }, () => store.take(key)))
      expect(taken.filter((value) => value !== undefined)).to.deep.equal(['value'])
      expect(await store.get(key)).to.equal(undefined)
    })

    it('finds nothing where nothing is', async () => {
      expect(await store.take(key)).to.equal(undefined)
    })

    it('finds nothing after the end', async () => {
      await store.set(key, 'value', near)
      await eventually(async () => (await store.get(key)) === undefined)
      expect(await store.take(key)).to.equal(undefined)
    })
  })

  describe('claim', () => {
    it('is won by one of many', async () => {
      const names = Array.from({ length: 20 }, (_, index) => `claimant ${index}`)
      const won = await Promise.all(names.map((name) => store.claim(key, name, far)))
      expect(won.filter(Boolean)).to.have.lengthOf(1)
      expect(await store.get(key)).to.equal(names[won.indexOf(true)])
    })

    it('is lost where a value is', async () => {
      await store.set(key, 'value')
      expect(await store.claim(key, 'late', far)).to.equal(false)
      expect(await store.get(key)).to.equal('value')
    })

    it('can be won again after its end', async () => {
      expect(await store.claim(key, 'first', near)).to.equal(true)
      await eventually(() => store.claim(key, 'second', far))
      expect(await store.get(key)).to.equal('second')
    })
  })

  describe('count', () => {
    it('counts from one, and each of many once', async () => {
      const counts = await Promise.all(Array.from({ length: 20 }, () => store.count(key, far)))
      const expected = Array.from({ length: 20 }, (_, index) => index + 1)
      expect(counts.toSorted((a, b) => a - b)).to.deep.equal(expected)
    })

    it('begins anew when the window of its first count has ended', async () => {
      const counts: number[] = []
      await eventually(async () => {
        // Each of these counts too; none of them may move the end.
        counts.push(await store.count(key, near))
        return counts.at(-1) === 1 && Math.max(...counts) > 1
      })
    })
  })

  describe('append and range', () => {
    it('gives the list, oldest first', async () => {
      for (const value of ['a', 'b', '']) await store.append(key, value, { max: 5, ttl: far })
      expect(await store.range(key)).to.deep.equal(['a', 'b', ''])
    })

    it('gives an empty list where nothing is', async () => {
      expect(await store.range(key)).to.deep.equal([])
    })

    it('keeps the newest', async () => {
      for (const value of ['a', 'b', 'c', 'd']) await store.append(key, value, { max: 2, ttl: far })
      expect(await store.range(key)).to.deep.equal(['c', 'd'])
    })

    it('loses none of many at once', async () => {
      const values = Array.from({ length: 20 }, (_, index) => `value ${index}`)
      await Promise.all(values.map((value) => store.append(key, value, { max: 20, ttl: far })))
      expect((await store.range(key)).toSorted()).to.deep.equal(values.toSorted())
    })

    it('moves the end with each value', async () => {
      await Promise.all([
        store.append(key, 'a', { max: 5, ttl: near }),
        store.append(key, 'b', { max: 5, ttl: far }),
        store.append(`${key}:near`, 'a', { max: 5, ttl: far }),
        store.append(`${key}:near`, 'b', { max: 5, ttl: near }),
      ])
      await eventually(async () => (await store.range(`${key}:near`)).length === 0)
      expect(await store.range(key)).to.deep.equal(['a', 'b'])
    })
  })
}
