import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, randomId } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'

/** Runs one piece of work at a time, of all processes. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>

// Milliseconds. A process that dies with it leaves it for so long.
const lifetime = 1_000
const patience = 1_500
const askEvery = 25

/**
 * Keeps honest processes from writing over each other, and nothing more: whoever can write to the
 * store could hold it for ever, so the work goes on without it after a while. What it guards must
 * bear that.
 */
export function createLock(parts: { store: Store; clock: Clock; name: string }): Lock {
  const { store, clock, name } = parts

  async function acquire(): Promise<string | undefined> {
    const holder = randomId(clock)
    for (let waited = 0; waited < patience; waited += askEvery) {
      if (await store.claim(name, holder, lifetime)) return holder
      await delay(askEvery)
    }
    return undefined
  }

  return async (work) => {
    const holder = await acquire()
    try {
      return await work()
    } finally {
      if (holder !== undefined) await store.delete(name)
    }
  }
}
