import type { Store } from '../../shared/store.ts'
import type { FactorMethod, FactorPerson, RegisteredFactor } from './factor.ts'

/**
 * What `factor-store.ts` keeps, and under which keys: a list of ids for each person; for each id a
 * record that is never changed; and under keys of their own the name, the last use and the data
 * that came later, so that whoever writes one of them cannot bring back a record that is gone.
 */
export interface FactorRecords {
  /** All that are in the list and have a record, oldest first. */
  all(sub: string): Promise<RegisteredFactor[]>
  has(sub: string, id: string): Promise<boolean>
  write(sub: string, id: string, record: FactorRecord): Promise<void>
  /** From here on they are in the list; the last one is new. */
  enter(
    sub: string,
    ids: { readonly live: readonly string[]; readonly added: string },
  ): Promise<void>
  /** @returns false if there was none */
  erase(sub: string, id: string): Promise<boolean>
  rename(sub: string, id: string, name: string): Promise<void>
  used(sub: string, id: string, use: FactorUse): Promise<void>
  writeOwner(method: FactorMethod, name: string, person: FactorPerson): Promise<void>
  owner(method: FactorMethod, name: string): Promise<FactorPerson | undefined>
}

export type FactorRecord = Omit<RegisteredFactor, 'id' | 'lastUsedAt'>

/** Milliseconds since the epoch; data if it changed. */
export interface FactorUse {
  readonly at: number
  readonly data?: RegisteredFactor['data'] | undefined
}

// Milliseconds: 10 years.
const lifetime = 10 * 365 * 86_400_000
const mostIds = 1_000

/** @param store sealed */
export function createFactorRecords(store: Store): FactorRecords {
  const write = (key: string, value: unknown) => store.set(key, JSON.stringify(value), lifetime)
  const read = async <T>(key: string): Promise<T | undefined> => {
    const found = await store.get(key)
    return found === undefined ? undefined : (JSON.parse(found) as T)
  }

  async function one(sub: string, id: string): Promise<RegisteredFactor | undefined> {
    const record = await read<FactorRecord>(key('factor', sub, id))
    if (record === undefined) return undefined
    const [name, use, data] = await Promise.all([
      read<string>(key('factor-name', sub, id)),
      read<number>(key('factor-used', sub, id)),
      read<FactorRecord['data']>(key('factor-data', sub, id)),
    ])
    const changed = { name: name ?? record.name, data: data ?? record.data }
    return { ...record, ...changed, id, ...(use !== undefined && { lastUsedAt: use }) }
  }

  return {
    all: async (sub) => {
      const ids = new Set(await store.range(listKey(sub)))
      const found = await Promise.all([...ids].map((id) => one(sub, id)))
      return found.filter((factor) => factor !== undefined)
    },
    has: async (sub, id) => (await store.get(key('factor', sub, id))) !== undefined,
    write: (sub, id, record) => write(key('factor', sub, id), record),
    // The list drops its oldest ids, most of which are of factors that are gone. One that is still
    // there is put at the end as well, long before; of two mentions the first counts.
    enter: async (sub, { live, added }) => {
      const ids = await store.range(listKey(sub))
      const recent = new Set(ids.slice(-mostIds / 2))
      const fading = ids.length < mostIds / 2 ? [] : live.filter((id) => !recent.has(id))
      const options = { max: mostIds, ttl: lifetime }
      for (const id of [...fading, added]) await store.append(listKey(sub), id, options)
    },
    erase: async (sub, id) => {
      const wasThere = await store.delete(key('factor', sub, id))
      const rest = (['factor-name', 'factor-used', 'factor-data'] as const).map((kind) =>
        store.delete(key(kind, sub, id)),
      )
      await Promise.all(rest)
      return wasThere
    },
    rename: (sub, id, name) => write(key('factor-name', sub, id), name),
    used: async (sub, id, { at, data }) => {
      if (data !== undefined) await write(key('factor-data', sub, id), data)
      await write(key('factor-used', sub, id), at)
    },
    writeOwner: (method, name, person) => write(ownerKey(method, name), person),
    owner: (method, name) => read<FactorPerson>(ownerKey(method, name)),
  }
}

type Kind = 'factor' | 'factor-name' | 'factor-used' | 'factor-data'

const listKey = (sub: string): string => `factors:${sub}`
const key = (kind: Kind, sub: string, id: string): string => `${kind}:${sub}:${id}`
const ownerKey = (method: FactorMethod, name: string): string => `factor-owner:${method}:${name}`
