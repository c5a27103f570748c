import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import type { KeptList, KeptText, KeptValues } from '../../shared/redis/kept-values.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import { createSealing, type Opened, type Sealing } from '../../shared/sealing.ts'
import type { Store } from '../../shared/store.ts'
import { ignorantOf, markReplaced } from './announce-keys.ts'
import { believedFor, type KeyInUse, keyInUse, movingEnds } from './key-in-use.ts'
import { keepRoot } from './root-secret.ts'

export interface MoveParts {
  readonly kept: KeptValues
  /** Not sealed. */
  readonly store: Store
  readonly keys: readonly [newer: Buffer, older: Buffer]
  readonly clock: Clock
  /** Milliseconds until no process does what it was told before; 4 seconds unless given. */
  readonly settled?: number
}

/** How many values have been moved, and how long writes had to wait, in milliseconds. */
export interface Moved {
  readonly values: number
  readonly waited: number
}

// A process may go on for the first, and Redis be asked for the second.
const standardSettled = believedFor + 2_000 + 1_000

/**
 * Moves all that is kept from the older data key to the newer one, and leaves nothing that the
 * older one opens. May be cut short at any moment and be begun again: until the new key counts,
 * nothing of the old one is touched, and what was copied is copied anew; from then on, all that
 * is left is to delete.
 * @throws Fault `notAllowed` if a running process does not know the newer key, or somebody else
 *   moves; `storeDown`
 */
export async function moveValues(parts: MoveParts): Promise<Moved> {
  const { store, keys, clock, settled = standardSettled } = parts
  const use = keyInUse(store, keys, clock)
  const [newer, older] = keys
  const before = sealedStore(store, older, clock)
  const isDone = (await use.state()) === 'done'
  if (!isDone) await refuseIgnorant(newer, before, clock)
  // Whether our user of Redis may, before others have to wait.
  for await (const _ of parts.kept.texts()) break
  const moved = isDone ? { values: 0, waited: 0 } : await takeOver(parts, use, settled)
  // So that nobody reads where nothing is any more.
  await delay(settled)
  await markReplaced(before)
  await removeOld(parts)
  return moved
}

async function refuseIgnorant(newer: Buffer, before: Store, clock: Clock): Promise<void> {
  const count = await ignorantOf(newer, before, clock)
  if (count === 0) return
  const which = count === 1 ? 'one provider process does' : `${count} provider processes do`
  throw new Fault(
    'notAllowed',
    `${which} not know the new data key yet: copy the file to every machine, and try again in half a minute`,
  )
}

async function takeOver(parts: MoveParts, use: KeyInUse, settled: number): Promise<Moved> {
  const { clock, store, keys } = parts
  const began = clock.now()
  if (!(await use.beginMoving())) {
    throw new Fault('notAllowed', 'values are being moved already; try again when that has ended')
  }
  const goOn = lease(use, clock)
  await delay(settled)
  const values = await copyAll(parts, goOn)
  await keepRoot(store, keys, clock)
  await goOn()
  await use.finish()
  return { values, waited: clock.now() - began }
}

// Others write again once it has ended. Whoever was stopped for so long must not go on as if they
// did not: by then, what was copied may be out of date.
function lease(use: KeyInUse, clock: Clock): () => Promise<void> {
  let renewed = clock.now()
  return async () => {
    const now = clock.now()
    if (Math.abs(now - renewed) > movingEnds / 2) {
      throw new Fault('storeDown', 'moving took too long between two steps; begin again')
    }
    await use.goOnMoving()
    renewed = now
  }
}

async function copyAll(parts: MoveParts, goOn: () => Promise<void>): Promise<number> {
  const { kept, keys, clock } = parts
  const [newer, older] = keys.map((key) => createSealing(key, clock)) as [Sealing, Sealing]
  let count = 0
  const note = (copied: readonly boolean[]) => {
    count += copied.filter(Boolean).length
  }
  for await (const texts of kept.texts()) {
    note(await Promise.all(texts.map((text) => copyText(kept, text, { newer, older }))))
    await goOn()
  }
  for await (const lists of kept.lists()) {
    note(await Promise.all(lists.map((list) => copyList(kept, list, { newer, older }))))
    await goOn()
  }
  return count
}

interface Sealings {
  readonly newer: Sealing
  readonly older: Sealing
}

async function copyText(kept: KeptValues, text: KeptText, sealings: Sealings): Promise<boolean> {
  const { newer, older } = sealings
  const found = opened(older, text.name, text.value)
  if (found === undefined) {
    await removeLeftover(kept, { name: text.name, sealed: text.value }, sealings)
    return false
  }
  const { key, value, ends } = found
  if (isOurs(key)) return false
  await kept.writeText({ ...text, name: newer.name(key), value: newer.seal(key, value, ends) })
  return true
}

async function copyList(kept: KeptValues, list: KeptList, sealings: Sealings): Promise<boolean> {
  const { newer, older } = sealings
  const found = list.values.flatMap((value) => opened(older, list.name, value) ?? [])
  const [first] = found
  if (first === undefined) {
    await removeLeftover(kept, { name: list.name, sealed: list.values[0] ?? '' }, sealings)
    return false
  }
  if (isOurs(first.key)) return false
  const values = found.map(({ key, value, ends }) => newer.seal(key, value, ends))
  await kept.writeList({ ...list, name: newer.name(first.key), values })
  return true
}

// Copied by one who did not come to an end, and deleted since.
async function removeLeftover(
  kept: KeptValues,
  { name, sealed }: { name: string; sealed: string },
  { newer, older }: Sealings,
): Promise<void> {
  const found = opened(newer, name, sealed)
  if (found === undefined || isOurs(found.key)) return
  if (!(await kept.has(older.name(found.key)))) await kept.remove(name)
}

async function removeOld({ kept, keys: [, key], clock }: MoveParts): Promise<void> {
  const older = createSealing(key, clock)
  const remove = async (name: string, sealed: string | undefined) => {
    const found = opened(older, name, sealed ?? '')
    if (found !== undefined && found.key !== 'data-key:replaced') await kept.remove(name)
  }
  for await (const texts of kept.texts()) {
    await Promise.all(texts.map(({ name, value }) => remove(name, value)))
  }
  for await (const lists of kept.lists()) {
    await Promise.all(lists.map(({ name, values }) => remove(name, values[0])))
  }
}

function opened(sealing: Sealing, name: string, sealed: string): Opened | undefined {
  try {
    return sealing.open(name, sealed)
  } catch {
    return undefined
  }
}

/** What is said about the keys themselves is not moved. */
function isOurs(key: string): boolean {
  return key.startsWith('data-key:')
}
