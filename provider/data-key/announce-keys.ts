import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, randomId } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import type { Store } from '../../shared/store.ts'
import { type DataKeys, dataKeyId } from './data-keys.ts'

/** What each provider process says about the keys that its file holds, until it stops. */
export interface AnnouncedKeys {
  readonly stop: () => Promise<void>
}

interface Announcement {
  readonly process: string
  readonly keys: readonly string[]
  readonly at: number
}

const listKey = 'data-key:known'
const replacedKey = 'data-key:replaced'

// Milliseconds. Whoever has been silent for so long has ended.
const heardFor = 30_000
const mostProcesses = 1_000

/** @param parts.interval milliseconds between two announcements */
export async function announceKeys(parts: {
  /** Not sealed. */
  readonly store: Store
  readonly sealed: Store
  readonly keys: DataKeys
  readonly clock: Clock
  readonly log: Logger
  readonly interval?: number
}): Promise<AnnouncedKeys> {
  const { store, sealed, keys, clock, log, interval = 5_000 } = parts
  const process = randomId(clock)
  const stopped = new AbortController()
  let isOutdated = false

  async function say(): Promise<void> {
    const said: Announcement = { process, keys: idsOf(keys), at: clock.now() }
    const options = { max: mostProcesses, ttl: heardFor }
    await sealed.append(listKey, JSON.stringify(said), options)
  }

  async function look(): Promise<void> {
    const wasOutdated = isOutdated
    isOutdated = await isReplaced(store, keys, clock)
    if (isOutdated && !wasOutdated) log.error({ advice: outdated }, 'the data key is an old one')
    if (!isOutdated) await say()
  }

  async function goOn(): Promise<void> {
    for (;;) {
      await delay(interval, undefined, { signal: stopped.signal, ref: false }).catch(() => {})
      if (stopped.signal.aborted) return
      // A Redis that is down has other warnings.
      await look().catch((err: unknown) => log.debug({ err }, 'data keys not announced'))
    }
  }

  await say()
  const going = goOn()
  return {
    stop: async () => {
      stopped.abort()
      await going
    },
  }
}

const outdated = 'dataKeyFile: this key has been replaced; copy the file that holds the new one'

function idsOf(keys: DataKeys): string[] {
  return keys.all().flatMap((key) => (key === undefined ? [] : [dataKeyId(key)]))
}

async function isReplaced(store: Store, keys: DataKeys, clock: Clock): Promise<boolean> {
  const [newest] = keys.all()
  return (await sealedStore(store, newest, clock).get(replacedKey)) !== undefined
}

/** @throws Fault `settings` if another key has taken its place: everything would seem to be gone */
export async function refuseReplaced(store: Store, keys: DataKeys, clock: Clock): Promise<void> {
  if (await isReplaced(store, keys, clock)) throw new Fault('settings', outdated)
}

/** Leaves word for those who come with the old key. */
export async function markReplaced(older: Store): Promise<void> {
  await older.set(replacedKey, '')
}

/** How many provider processes that are running have not said that they know the key. */
export async function ignorantOf(newer: Buffer, sealed: Store, clock: Clock): Promise<number> {
  const said = (await sealed.range(listKey)).map((text) => JSON.parse(text) as Announcement)
  const recent = said.filter(({ at }) => clock.now() - at < heardFor)
  const latest = new Map(recent.map((each) => [each.process, each.keys]))
  return [...latest.values()].filter((known) => !known.includes(dataKeyId(newer))).length
}
