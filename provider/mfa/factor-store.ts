import { type Clock, randomId } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import type { Enrolment, FactorMethod, FactorPerson, RegisteredFactor } from './factor.ts'
import { isFull, replaces, withinLimits } from './factor-limits.ts'
import { createFactorRecords, type FactorRecords } from './factor-records.ts'

/**
 * What people have registered. A factor is there from the moment its id is in the list of its
 * person, which is written last: a process that is killed before leaves nothing that counts. It is
 * gone from the moment its record is.
 */
export interface FactorStore {
  /** Oldest first. */
  list(sub: string): Promise<readonly RegisteredFactor[]>
  /**
   * Of any number of processes that add at once, the order in the list decides who is beyond the
   * limit of a method. Refused: `tooMany`, and `alreadyThere` if the name (`knownAs`) is another
   * person's.
   * Recovery codes and passes replace those before them: `replaced` is one that at the same moment
   * was replaced itself.
   */
  add(added: AddedFactor): Promise<RegisteredFactor | NotAdded>
  /** @returns false if there is none */
  remove(sub: string, id: string): Promise<boolean>
  /** @returns false if there is none */
  rename(sub: string, id: string, name: string): Promise<boolean>
  /** Just now; `data` if it changed with that. */
  used(sub: string, id: string, data?: RegisteredFactor['data']): Promise<void>
  /** Who is known by this name, and has a factor of the method. */
  owner(method: FactorMethod, knownAs: string): Promise<FactorPerson | undefined>
}

export type NotAdded = 'tooMany' | 'alreadyThere' | 'replaced'

export interface AddedFactor {
  readonly person: FactorPerson
  readonly method: FactorMethod
  readonly enrolment: Enrolment
}

/** @param parts.store sealed */
export function createFactorStore(parts: {
  readonly store: Store
  readonly clock: Clock
}): FactorStore {
  const { store, clock } = parts
  const records = createFactorRecords(store)

  async function owner(method: FactorMethod, name: string): Promise<FactorPerson | undefined> {
    const person = await records.owner(method, name)
    if (person === undefined) return undefined
    const all = await records.all(person.sub)
    return all.some((factor) => factor.method === method) ? person : undefined
  }

  async function add(added: AddedFactor): Promise<RegisteredFactor | NotAdded> {
    const { person, method, enrolment } = added
    const { name, data, knownAs } = enrolment
    const before = await records.all(person.sub)
    if (isFull(before, method)) return 'tooMany'
    const taken = knownAs === undefined ? undefined : await owner(method, knownAs)
    if (taken !== undefined && taken.sub !== person.sub) return 'alreadyThere'
    const id = randomId(clock)
    if (knownAs !== undefined) await records.writeOwner(method, knownAs, person)
    await records.write(person.sub, id, { method, name, createdAt: clock.now(), data })
    await records.enter(person.sub, { live: before.map((each) => each.id), added: id })
    return settle(records, person.sub, { id, method })
  }

  return {
    list: async (sub) => withinLimits(await records.all(sub)),
    add,
    remove: async (sub, id) => {
      const all = await records.all(sub)
      const factor = all.find((each) => each.id === id)
      if (factor === undefined) return false
      await eraseReplaced(records, sub, { factor, all })
      return records.erase(sub, id)
    },
    rename: async (sub, id, name) => {
      const isThere = await records.has(sub, id)
      if (isThere) await records.rename(sub, id, name)
      return isThere
    },
    used: (sub, id, data) => records.used(sub, id, { at: clock.now(), data }),
    owner,
  }
}

/** Of one that has come into the list: whether it stays, by all that are there now. */
async function settle(
  records: FactorRecords,
  sub: string,
  { id, method }: Pick<RegisteredFactor, 'id' | 'method'>,
): Promise<RegisteredFactor | NotAdded> {
  const all = await records.all(sub)
  const factor = withinLimits(all).find((each) => each.id === id)
  if (factor !== undefined) {
    await eraseReplaced(records, sub, { factor, all })
    return factor
  }
  await records.erase(sub, id)
  return replaces(method) ? 'replaced' : 'tooMany'
}

// The oldest goes first, and before the one that took its place: at whatever moment this is cut
// short, none that was replaced comes back.
async function eraseReplaced(
  records: FactorRecords,
  sub: string,
  { factor, all }: { factor: RegisteredFactor; all: readonly RegisteredFactor[] },
): Promise<void> {
  if (!replaces(factor.method)) return
  const older = all.slice(0, all.indexOf(factor))
  for (const each of older) if (each.method === factor.method) await records.erase(sub, each.id)
}
