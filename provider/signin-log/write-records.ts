import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import type { KnownNames, TypedName } from './known-names.ts'
import type { PolicySets } from './policy-sets.ts'
import { personList, type RecordList } from './record-lists.ts'
import type { RecordBatch, SignInRecord } from './sign-in-record.ts'

/** A record on its way to a list; without one, the list is told that it has one less. */
export interface Kept {
  readonly list: RecordList
  readonly record?: SignInRecord
  /** What was typed in an attempt that failed: not kept, but for whose name it is. */
  readonly typed?: TypedName
}

/** Records that are stored as one value: so that reading a list never takes long. */
const batchSize = 20

export interface RecordWriterParts {
  readonly store: Store
  readonly log: Logger
  readonly names: KnownNames
  readonly sets: PolicySets
  /** Milliseconds. */
  readonly ttl: number
}

/** @returns what writes records, and gives back those that it could not write */
export function createRecordWriter(
  parts: RecordWriterParts,
): (all: readonly Kept[]) => Promise<readonly Kept[]> {
  const { store, log, names, sets, ttl } = parts

  async function write(all: readonly Kept[], failed: Kept[]): Promise<void> {
    await Promise.all([sets.save(), names.save()])
    const placed = await each(all, (kept) => addressed(kept, names), failed)
    await each(
      batches(placed.flat()),
      ({ list, kept }) => store.append(list.key, encode(kept), { max: list.max, ttl }),
      failed,
    )
  }

  /** Those for which it does not work go to `failed`, and so do all that they stand for. */
  async function each<T extends Kept | Batch, R>(
    items: readonly T[],
    run: (item: T) => Promise<R>,
    failed: Kept[],
  ): Promise<readonly R[]> {
    const results = await Promise.allSettled(items.map(run))
    return results.flatMap((result, at) => {
      if (result.status === 'fulfilled') return [result.value]
      const item = items[at]
      if (item) failed.push(...('kept' in item ? item.kept : [item]))
      say(result.reason)
      return []
    })
  }

  function say(thrown: unknown): void {
    const { code, message } = asFault(thrown)
    log.debug({ faultCode: code, detail: message }, 'sign-in records are kept for later')
  }

  return async (all) => {
    const failed: Kept[] = []
    try {
      await write(all, failed)
      return failed
    } catch (thrown) {
      say(thrown)
      return all
    }
  }
}

/** Once more for the person, if the name is somebody's. */
async function addressed(kept: Kept, names: KnownNames): Promise<readonly Kept[]> {
  const { list, record, typed } = kept
  if (record === undefined || typed === undefined) return [kept]
  const sub = await names.find(typed)
  if (sub === undefined) return [{ list, record }]
  const known = { ...record, sub }
  return [
    { list, record: known },
    { list: personList('failed', sub), record: known },
  ]
}

interface Batch {
  readonly list: RecordList
  readonly kept: readonly Kept[]
}

function batches(all: readonly Kept[]): readonly Batch[] {
  const byKey = Map.groupBy(all, ({ list }) => list.key)
  return [...byKey.values()].flatMap((some) => {
    const [first] = some
    if (first === undefined) return []
    const count = Math.ceil(some.length / batchSize)
    return Array.from({ length: count }, (_, at) => {
      return { list: first.list, kept: some.slice(at * batchSize, (at + 1) * batchSize) }
    })
  })
}

function encode(kept: readonly Kept[]): string {
  const records = kept.flatMap(({ record }) => record ?? [])
  const notKept = kept.length - records.length
  const batch: RecordBatch = { records, ...(notKept > 0 && { notKept }) }
  return JSON.stringify(batch)
}
