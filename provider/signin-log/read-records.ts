import type { Clock } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import { type Lane, periodLists, personList } from './record-lists.ts'
import { decodeBatch, type RecordBatch, type SignInRecord } from './sign-in-record.ts'

/** The store that records are read from: sealed. */
interface Source {
  readonly store: Store
  readonly clock: Clock
}

/** Milliseconds since the epoch, both included. */
export interface Period {
  readonly since: number
  readonly until: number
}

/** Lists that are asked for at a time. */
const together = 32

/**
 * What was kept of a time, oldest first.
 * @throws Fault `storeDown`, `sealBroken`
 */
export async function readRecords(
  store: Store,
  lane: Lane,
  { since, until }: Period,
): Promise<{ readonly records: readonly SignInRecord[]; readonly notKept: number }> {
  const lists = periodLists(lane, since, until)
  const read: RecordBatch[] = []
  for (let at = 0; at < lists.length; at += together) {
    const some = lists.slice(at, at + together)
    const found = await Promise.all(some.map(({ key }) => readList(store, key)))
    read.push(...found.flat())
  }
  const records = read.flatMap((batch) => batch.records)
  return {
    records: records
      .filter(({ at }) => at >= since && at <= until)
      .toSorted((one, other) => one.at - other.at),
    notKept: read.reduce((sum, { notKept = 0 }) => sum + notKept, 0),
  }
}

/** What a page shows; of failed attempts fewer are kept, so that they push out nothing else. */
const mostOfPerson = 50

/**
 * The newest of one person, newest first.
 * @param keptFor milliseconds
 * @throws Fault `storeDown`, `sealBroken`
 */
export async function readPerson(
  { store, clock }: Source,
  sub: string,
  keptFor: number,
): Promise<readonly SignInRecord[]> {
  const [known, failed] = await Promise.all([
    readList(store, personList('known', sub).key),
    readList(store, personList('failed', sub).key),
  ])
  const newest = (batches: readonly RecordBatch[]) =>
    batches
      .flatMap(({ records }) => records)
      .filter(({ at }) => at > clock.now() - keptFor)
      .toSorted((one, other) => other.at - one.at)
  const signIns = withoutFirstHalves(newest(known)).slice(0, mostOfPerson)
  return [...signIns, ...newest(failed).slice(0, mostOfPerson)].toSorted(
    (one, other) => other.at - one.at,
  )
}

async function readList(store: Store, key: string): Promise<readonly RecordBatch[]> {
  return (await store.range(key)).map((text) => decodeBatch(text))
}

/** Milliseconds that a sign-in may take from the password to the app. */
const halfAnHour = 1_800_000

/**
 * PURE. A sign-in that went on to the app has two records, and the second says all. One whose
 * password was right and that came no further stays: that is one to be told of.
 */
function withoutFirstHalves(newestFirst: readonly SignInRecord[]): readonly SignInRecord[] {
  const arrivals = newestFirst.filter((one) => one.kind === 'authorization' && one.isFresh)
  return newestFirst.filter(
    (one) =>
      one.kind !== 'check' || one.change || !arrivals.some((other) => isSecondHalf(one, other)),
  )
}

function isSecondHalf(of: SignInRecord, arrival: SignInRecord): boolean {
  return (
    arrival.clientId === of.clientId &&
    arrival.clientAddress === of.clientAddress &&
    arrival.at >= of.at &&
    arrival.at - of.at < halfAnHour
  )
}
