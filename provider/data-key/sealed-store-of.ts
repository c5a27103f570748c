import type { Clock } from '../../shared/clock.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import type { Store } from '../../shared/store.ts'
import { refuseReplaced } from './announce-keys.ts'
import type { DataKeys } from './data-keys.ts'
import { believedFor, type WatchedUse, watchUse } from './key-in-use.ts'

/**
 * The sealed store under whichever data key counts at the moment. With one key, which is nearly
 * always, it costs nothing; with two, a look at the store in each second of writing.
 * @param store not sealed
 * @param believes milliseconds that what the store said of the keys is believed
 */
export function sealedStoreOf(
  store: Store,
  keys: DataKeys,
  clock: Clock,
  believes: number = believedFor,
): Store {
  const known = new Map<string, Store>()
  const watched = new Map<string, WatchedUse>()

  function under(dataKey: Buffer): Store {
    return once(known, dataKey.toString('hex'), () => sealedStore(store, dataKey, clock))
  }

  function useOf(newer: Buffer, older: Buffer): WatchedUse {
    const pair = `${newer.toString('hex')} ${older.toString('hex')}`
    return once(watched, pair, () => watchUse(store, [newer, older], { clock, believes }))
  }

  const pick = async (kind: keyof WatchedUse): Promise<Store> => {
    const [newer, older] = keys.all()
    return under(older === undefined ? newer : await useOf(newer, older)[kind]())
  }
  const reading = () => pick('forReading')
  const writing = () => pick('forWriting')

  return {
    get: async (key) => (await reading()).get(key),
    range: async (key) => (await reading()).range(key),
    set: async (...given) => (await writing()).set(...given),
    delete: async (key) => (await writing()).delete(key),
    take: async (key) => (await writing()).take(key),
    claim: async (...given) => (await writing()).claim(...given),
    count: async (...given) => (await writing()).count(...given),
    append: async (...given) => (await writing()).append(...given),
  }
}

/**
 * The same at a start.
 * @throws Fault `settings` if another key has taken the place of the only one, `storeDown`
 */
export async function openSealedStore(store: Store, keys: DataKeys, clock: Clock): Promise<Store> {
  await refuseReplaced(store, keys, clock)
  return sealedStoreOf(store, keys, clock)
}

function once<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}
