import type { Clock } from './clock.ts'
import { Fault } from './fault.ts'
import type { Store } from './store.ts'

/** The store inside one process, for local mode and tests. All is gone when the process ends. */
export function createMemoryStore(clock: Clock): Store {
  const records = createRecords(clock)

  return {
    get: async (key) => textOf(records.find(key)),
    set: async (key, value, ttl) => records.write(key, value, ttl),
    delete: async (key) => records.remove(key) !== undefined,
    take: async (key) => textOf(records.remove(key)),
    claim: async (key, value, ttl) => {
      if (records.find(key) !== undefined) return false
      records.write(key, value, ttl)
      return true
    },
    count: async (key, window) => {
      const found = records.find(key)
      const count = Number(textOf(found) ?? 0) + 1
      if (found === undefined) records.write(key, '1', window)
      else found.content = String(count)
      return count
    },
    append: async (key, value, { max, ttl }) => {
      const list = [...listOf(records.find(key)), value]
      records.write(key, list.slice(Math.max(0, list.length - max)), ttl)
    },
    range: async (key) => [...listOf(records.find(key))],
  }
}

interface Kept {
  content: string | readonly string[]
  readonly ends: number
}

// Milliseconds between sweeps. What has ended is not given out a moment longer; this only decides
// how long it takes up memory.
const sweepEvery = 60_000

function createRecords(clock: Clock) {
  const all = new Map<string, Kept>()
  let swept = clock.now()

  function sweep(now: number): void {
    swept = now
    for (const [key, { ends }] of all) if (ends <= now) all.delete(key)
  }

  function find(key: string): Kept | undefined {
    const found = all.get(key)
    return found !== undefined && found.ends > clock.now() ? found : undefined
  }

  return {
    find,
    write: (key: string, content: Kept['content'], ttl = Number.POSITIVE_INFINITY): void => {
      const now = clock.now()
      if (now - swept >= sweepEvery) sweep(now)
      all.set(key, { content, ends: now + ttl })
    },
    remove: (key: string): Kept | undefined => {
      const found = find(key)
      all.delete(key)
      return found
    },
  }
}

function textOf(kept: Kept | undefined): string | undefined {
  if (typeof kept?.content === 'object') throw otherKind('list')
  return kept?.content
}

function listOf(kept: Kept | undefined): readonly string[] {
  if (typeof kept?.content === 'string') throw otherKind('text')
  return kept?.content ?? []
}

// As Redis answers it. The key is not named: it may be about a person.
function otherKind(kind: string): Fault {
  return new Fault('storeDown', `the key holds a ${kind}`)
}
