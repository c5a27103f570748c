import { expect } from 'chai'
import type { Bus, BusEntry, EntryHandler, Subscription } from '../../shared/bus.ts'
import { randomId, systemClock } from '../../shared/clock.ts'
import { eventually } from '../support/eventually.ts'

/**
 * What every bus promises: see the comments of the port in `shared/bus.ts`.
 *
 * @param make a bus for one test; it need not be empty, since each test has a stream of its own
 */
export function busContract(make: () => Promise<{ bus: Bus; dispose: () => Promise<void> }>): void {
  let made: Awaited<ReturnType<typeof make>>
  let subscriptions: Subscription[]
  let stream: string

  beforeEach(async () => {
    made = await make()
    subscriptions = []
    stream = `contract:${randomId(systemClock)}`
  })

  afterEach(async () => {
    await Promise.all(subscriptions.map((subscription) => subscription.stop()))
    await made.dispose()
  })

  const add = (...texts: readonly string[]) => each(texts, (text) => made.bus.add(stream, { text }))

  function consume(handle: EntryHandler, concurrency = 8, onError = unexpected): Subscription {
    const subscription = made.bus.consume(stream, { concurrency, onError }, handle)
    subscriptions.push(subscription)
    return subscription
  }

  function follow(handle: EntryHandler, backlog = 0, onError = unexpected): Subscription {
    const subscription = made.bus.follow(stream, { backlog, onError }, handle)
    subscriptions.push(subscription)
    return subscription
  }

  /** A follower shows nothing older than itself, so a test must know when it has begun. */
  async function following(handle: EntryHandler): Promise<Subscription> {
    await made.bus.add(stream, { text: 'begin' })
    let begun = false
    const subscription = follow((entry) => {
      if (entry['text'] !== 'begin') return handle(entry)
      begun = true
      return undefined
    }, 1)
    await eventually(() => begun)
    return subscription
  }

  describe('consume', () => {
    it('hands over what is added, in order', async () => {
      const seen = collect()
      consume(seen.handle)
      await add('a', 'b', 'c')
      await seen.equal('a', 'b', 'c')
    })

    it('hands over what was added before it began', async () => {
      await add('a', 'b')
      const seen = collect()
      consume(seen.handle)
      await seen.equal('a', 'b')
    })

    it('hands over every field as it was', async () => {
      const entry = Object.fromEntries([
        ['text', 'žluťoučký 🐎\r\n"$5"'],
        ['', 'no name'],
        ['empty', ''],
        ['__proto__', 'a name like any other'],
        ['long', 'x'.repeat(100_000)],
      ])
      const entries: BusEntry[] = []
      consume((one) => void entries.push(one))
      await made.bus.add(stream, entry)
      await eventually(() => entries.length === 1)
      expect(Object.entries(entries[0] ?? {})).to.deep.equal(Object.entries(entry))
    })

    it('hands over each of many entries once', async () => {
      const texts = Array.from({ length: 300 }, (_, index) => `entry ${index}`)
      const seen = collect()
      consume(seen.handle, 16)
      await Promise.all(texts.map((text) => add(text)))
      await eventually(() => seen.texts.length >= texts.length)
      await add('last')
      await eventually(() => seen.texts.includes('last'))
      expect(seen.texts.toSorted()).to.deep.equal([...texts, 'last'].toSorted())
    })

    it('deletes an entry when it has been handled', async () => {
      const first = collect()
      await add('a', 'b')
      await stopped(consume(first.handle), () => first.equal('a', 'b'))
      const second = collect()
      consume(second.handle)
      await add('c')
      await second.equal('c')
    })

    it('has no more in hand than it was told', async () => {
      const work = workbench()
      consume(work.handle, 3)
      await add('a', 'b', 'c', 'd', 'e')
      await eventually(() => work.begun.length === 3)
      work.finish('b')
      await eventually(() => work.begun.length === 4)
      work.finish('a', 'c', 'd', 'e')
      await eventually(() => work.begun.length === 5)
      expect(work.most()).to.equal(3)
      expect(work.begun).to.deep.equal(['a', 'b', 'c', 'd', 'e'])
    })

    it('leaves on the stream what it has no hand free for', async () => {
      const work = workbench()
      const busy = consume(work.handle, 1)
      await add('a', 'b')
      await eventually(() => work.begun.length === 1)
      const stopping = busy.stop()
      work.finish('a')
      await stopping
      const next = collect()
      consume(next.handle)
      await next.equal('b')
    })

    it('reports a handler that rejects, and goes on', async () => {
      const errors: unknown[] = []
      const seen = collect()
      const failing: EntryHandler = async (entry) => {
        await seen.handle(entry)
        if (entry['text'] !== 'fine') throw new Error(entry['text'])
      }
      const subscription = consume(failing, 1, (error) => errors.push(error))
      await add('bad', 'fine', 'worse')
      await stopped(subscription, () => eventually(() => errors.length === 2))
      expect(errors.map((error) => (error as Error).message)).to.deep.equal(['bad', 'worse'])
      expect(seen.texts).to.deep.equal(['bad', 'fine', 'worse'])
      const next = collect()
      consume(next.handle)
      await add('later')
      await next.equal('later')
    })

    it('reports a handler that throws without a promise', async () => {
      const errors: unknown[] = []
      const thrown = new Error('thrown')
      const throwing = () => {
        throw thrown
      }
      consume(throwing, 1, (error) => errors.push(error))
      await add('a')
      await eventually(() => void expect(errors).to.deep.equal([thrown]))
    })

    it('waits for what it has in hand when it is stopped', async () => {
      const work = workbench()
      const subscription = consume(work.handle)
      await add('a')
      await eventually(() => work.begun.length === 1)
      const stopping = watch(subscription.stop())
      // Whatever was going to happen without waiting has happened when this is through.
      await add('after the stop')
      expect(stopping.isOver()).to.equal(false)
      work.finish('a')
      await stopping.done
      expect(work.begun).to.deep.equal(['a'])
    })

    it('stops at once when it has nothing in hand', async () => {
      const seen = collect()
      const subscription = consume(seen.handle)
      await add('a')
      await seen.equal('a')
      await soon(subscription.stop())
    })

    it('keeps streams apart', async () => {
      const seen = collect()
      consume(seen.handle)
      await made.bus.add(`${stream}:other`, { text: 'not for us' })
      await add('for us')
      await seen.equal('for us')
    })
  })

  describe('follow', () => {
    it('shows every entry to every follower, in order', async () => {
      const one = collect()
      const other = collect()
      await following(one.handle)
      await following(other.handle)
      await add('a', 'b', 'c')
      await Promise.all([one.equal('a', 'b', 'c'), other.equal('a', 'b', 'c')])
    })

    it('begins with the newest ones that are still there', async () => {
      await add('a', 'b', 'c', 'd')
      const seen = collect()
      follow(seen.handle, 3)
      await seen.equal('b', 'c', 'd')
      await add('e')
      await seen.equal('b', 'c', 'd', 'e')
    })

    it('begins with all of them if there are fewer', async () => {
      await add('a', 'b')
      const seen = collect()
      follow(seen.handle, 100)
      await seen.equal('a', 'b')
    })

    it('shows nothing older when told so', async () => {
      await add('old')
      const seen = collect()
      follow(seen.handle, 0)
      // Until it has begun, what is added is older than it.
      await eventually(async () => {
        await add('new')
        return seen.texts.length > 0
      })
      expect(seen.texts).not.to.include('old')
    })

    it('deletes nothing', async () => {
      const first = collect()
      await add('a', 'b')
      await stopped(follow(first.handle, 2), () => first.equal('a', 'b'))
      const second = collect()
      follow(second.handle, 2)
      await second.equal('a', 'b')
    })

    it('shows one at a time', async () => {
      const work = workbench()
      await add('a', 'b')
      follow(work.handle, 2)
      await eventually(() => work.begun.length === 1)
      work.finish('a', 'b')
      await eventually(() => work.begun.length === 2)
      expect(work.most()).to.equal(1)
    })

    it('reports a handler that rejects, and goes on', async () => {
      const errors: unknown[] = []
      const seen = collect()
      const failing: EntryHandler = async (entry) => {
        await seen.handle(entry)
        if (entry['text'] === 'bad') throw new Error('bad')
      }
      await add('bad', 'fine')
      follow(failing, 2, (error) => errors.push(error))
      await seen.equal('bad', 'fine')
      expect(errors.map((error) => (error as Error).message)).to.deep.equal(['bad'])
    })

    it('waits for the handler under way when it is stopped, and shows nothing more', async () => {
      const work = workbench()
      const subscription = await following(work.handle)
      await add('a', 'b')
      await eventually(() => work.begun.length === 1)
      const stopping = watch(subscription.stop())
      const other = collect()
      follow(other.handle, 1)
      await other.equal('b')
      expect(stopping.isOver()).to.equal(false)
      work.finish('a', 'b')
      await stopping.done
      expect(work.begun).to.deep.equal(['a'])
    })

    it('stops at once when nothing is under way', async () => {
      const subscription = await following(() => undefined)
      await soon(subscription.stop())
    })
  })
}

function unexpected(error: unknown): void {
  throw error
}

async function each(texts: readonly string[], run: (text: string) => Promise<void>): Promise<void> {
  for (const text of texts) await run(text)
}

async function stopped(subscription: Subscription, after: () => Promise<void>): Promise<void> {
  await after()
  await subscription.stop()
}

/** Far sooner than anything that polls or waits for a connection to time out. */
async function soon(promise: Promise<void>): Promise<void> {
  const watched = watch(promise)
  await eventually(watched.isOver, { within: 500 })
  await watched.done
}

function watch(promise: Promise<void>) {
  let over = false
  const finish = async () => {
    await promise
    over = true
  }
  return { done: finish(), isOver: () => over }
}

/** A handler that keeps the texts it was given. */
function collect() {
  const texts: string[] = []
  const handle: EntryHandler = async (entry) => void texts.push(entry['text'] ?? '')
  const equal = (...wanted: readonly string[]) =>
    eventually(() => void expect(texts).to.deep.equal(wanted))
  return { texts, handle, equal }
}

/** A handler that takes until it is told, to see how many are in hand at a time. */
function workbench() {
  const begun: string[] = []
  const finished = new Map<string, PromiseWithResolvers<void>>()
  let inHand = 0
  let most = 0
  const end = (text: string) => {
    const found = finished.get(text) ?? Promise.withResolvers<void>()
    finished.set(text, found)
    return found
  }
  const handle: EntryHandler = async (entry) => {
    const text = entry['text'] ?? ''
    begun.push(text)
    inHand += 1
    most = Math.max(most, inHand)
    await end(text).promise
    inHand -= 1
  }
  const finish = (...texts: readonly string[]) => {
    for (const text of texts) end(text).resolve()
  }
  return { begun, handle, finish, most: () => most }
}
