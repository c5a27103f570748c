import type { Clock } from '../../shared/clock.ts'
import { createGathering } from '../../shared/gathering.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import type { AccessEntry } from './access-entry.ts'
import { createKnownNames, type TypedName } from './known-names.ts'
import { createPolicySets } from './policy-sets.ts'
import { createQuota } from './quota.ts'
import { readPerson } from './read-records.ts'
import { laneOf, periodList, periodOf, personList } from './record-lists.ts'
import { brief, recordOfAccess, recordOfCheck, recordOfFault } from './record-of.ts'
import { createRefreshFilter } from './refresh-filter.ts'
import type { CheckRecord, SignInRecord } from './sign-in-record.ts'
import type { SigninAsked, SigninEntry } from './signin-log.ts'
import { createRecordWriter, type Kept } from './write-records.ts'

/** Sign-ins of the last weeks, kept where every process finds them. */
export interface SignInRecords {
  /** None of these makes a sign-in wait, or fail. */
  check(entry: SigninEntry): void
  fault(asked: SigninAsked): void
  access(entry: AccessEntry): void
  /**
   * The newest of a person, newest first; attempts that failed with a name of theirs among them.
   * @throws Fault `storeDown`
   */
  recent(sub: string): Promise<readonly SignInRecord[]>
  /** Stores what is left. */
  stop(): Promise<void>
}

export interface SignInRecordsParts {
  /** Sealed: this is personal data. */
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  /** 0: nothing is kept. */
  readonly keepDays: number
}

const day = 86_400_000

export function createSignInRecords(parts: SignInRecordsParts): SignInRecords {
  if (parts.keepDays === 0) return noRecords
  const { store, clock } = parts
  const ttl = parts.keepDays * day
  const names = createKnownNames({ store, clock, ttl })
  const sets = createPolicySets({ store, clock, ttl })
  const writer = createRecordWriter({ ...parts, names, sets, ttl })
  const gathering = createGathering<Kept>(writer)
  const quota = createQuota()
  const isWorthKeeping = createRefreshFilter()

  function add(record: SignInRecord, typed?: TypedName): void {
    const lane = laneOf(record)
    const list = periodList(lane, periodOf(record.at))
    const hasRoom = quota.admits(lane, periodOf(record.at))
    gathering.add(hasRoom ? { list, record, ...(typed && { typed }) } : { list })
    const { sub } = record
    if (sub !== undefined) gathering.add({ list: personList(lane, sub), record: brief(record) })
  }

  function addFailed(record: CheckRecord, { realm, username }: SigninAsked): void {
    add(record, { realm, username })
  }

  return {
    check: (entry) => {
      const record = recordOfCheck(entry, clock.now())
      // A passkey says who it is, also where it is refused.
      if (record.sub === undefined) return addFailed(record, entry)
      if (record.outcome === 'ok' && entry.username !== '') names.note(entry, record.sub)
      add(record)
    },
    fault: (asked) => addFailed(recordOfFault(asked, clock.now()), asked),
    access: (entry) => {
      const record = recordOfAccess(entry, clock.now(), sets.nameOf(entry.judged))
      if (record && isWorthKeeping(record)) add(record)
    },
    recent: async (sub) => {
      await gathering.flush()
      return readPerson({ store, clock }, sub, ttl)
    },
    stop: () => gathering.stop(),
  }
}

const noRecords: SignInRecords = {
  check: () => {},
  fault: () => {},
  access: () => {},
  recent: async () => [],
  stop: async () => {},
}
