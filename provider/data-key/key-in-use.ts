import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'
import { createSealing } from '../../shared/sealing.ts'
import type { Store } from '../../shared/store.ts'
import { dataKeyId } from './data-keys.ts'

/** How far the new key has taken over from the one before it. */
export type TakingOver = 'before' | 'moving' | 'done'

/** Which of two data keys counts, as the store says that both share. */
export interface KeyInUse {
  state(): Promise<TakingOver>
  /** False if somebody else is moving. */
  beginMoving(): Promise<boolean>
  /** To be called more often than `movingEnds`. */
  goOnMoving(): Promise<void>
  finish(): Promise<void>
}

/** Milliseconds. Whoever moves and dies lets the others write again after so long. */
export const movingEnds = 10_000

/**
 * Under the new key's seal, so that who can write to Redis and has no key, or has the old one, can
 * delete it but not make it up.
 * @param store not sealed
 */
export function keyInUse(
  store: Store,
  [newer, older]: readonly [Buffer, Buffer],
  clock: Clock,
): KeyInUse {
  const sealing = createSealing(newer, clock)
  const key = `data-key:use:${dataKeyId(older)}`
  const name = sealing.name(key)
  // Redis alone says when it ends: clocks differ, and whoever believes too early that nobody moves
  // writes what is lost.
  const sealed = (state: TakingOver) => sealing.seal(key, state, Number.POSITIVE_INFINITY)
  return {
    state: async () => {
      const found = await store.get(name)
      return found === undefined ? 'before' : (sealing.open(name, found).value as TakingOver)
    },
    beginMoving: () => store.claim(name, sealed('moving'), movingEnds),
    goOnMoving: () => store.set(name, sealed('moving'), movingEnds),
    finish: () => store.set(name, sealed('done')),
  }
}

/** The same for a process that reads and writes, and asks as seldom as it can. */
export interface WatchedUse {
  forReading(): Promise<Buffer>
  /** While values are being moved, waits. */
  forWriting(): Promise<Buffer>
}

/**
 * Milliseconds that a process may go on as it was told before; whoever moves waits until that is
 * over and what was under way then has been answered or refused.
 */
export const believedFor = 1_000
const pause = 50

export function watchUse(
  store: Store,
  keys: readonly [Buffer, Buffer],
  { clock, believes }: { readonly clock: Clock; readonly believes: number },
): WatchedUse {
  const [newer, older] = keys
  const use = keyInUse(store, keys, clock)
  let told: { readonly state: TakingOver; readonly at: number } | undefined

  async function state(): Promise<TakingOver> {
    const now = clock.now()
    if (told?.state === 'done') return 'done'
    const age = now - (told?.at ?? Number.NEGATIVE_INFINITY)
    // Once it moves, each moment can be the one at which the other key counts.
    if (told?.state === 'before' && age >= 0 && age < believes) return 'before'
    told = { state: await use.state(), at: now }
    return told.state
  }

  const keyOf = (found: TakingOver) => (found === 'done' ? newer : older)
  return {
    forReading: async () => keyOf(await state()),
    forWriting: async () => {
      let found = await state()
      for (; found === 'moving'; found = await state()) await delay(pause)
      return keyOf(found)
    },
  }
}
