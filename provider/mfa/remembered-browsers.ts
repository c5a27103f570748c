import { createHash } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'

/**
 * Browsers in which somebody has shown a second factor, and is not asked for it again for some
 * days. What a browser has of it is in `remembered-browser-cookie.ts`: chance, which says nothing.
 * Without the password of one of the people that it was given for it opens nothing.
 *
 * One browser may be several people's, and has one secret for each. A new secret is made each time:
 * one that somebody has planted in a browser before is never given a meaning.
 *
 * All methods throw `Fault('storeDown')`.
 */
export interface RememberedBrowsers {
  /**
   * From now on; a remembering of the same person in the same browser before it is over.
   * @param cookie what the browser has, if it has something
   * @returns what it is to have
   */
  remember(sub: string, browser: NewRememberedBrowser, cookie?: string): Promise<string>
  /** The one that a browser is, for this person. */
  find(sub: string, cookie: string | undefined): Promise<RememberedBrowser | undefined>
  /** Those that still count, newest first. */
  list(sub: string): Promise<readonly RememberedBrowser[]>
  /** @returns false if there is none */
  revoke(sub: string, id: string): Promise<boolean>
  /** @returns how many there were */
  revokeAll(sub: string): Promise<number>
}

export interface NewRememberedBrowser {
  /** How long. */
  readonly days: number
  /** What it calls itself, such as `Firefox`. */
  readonly browser?: string
  /** What it runs on, such as `windows`. */
  readonly platform?: string
  /** ISO 3166-1, two capital letters. */
  readonly country?: string
}

/** Times are milliseconds since the epoch. */
export interface RememberedBrowser extends Omit<NewRememberedBrowser, 'days'> {
  readonly id: string
  /** When the second factor was shown. */
  readonly at: number
  readonly ends: number
}

const day = 86_400_000
const mostDays = 365

/** Of one person; and so many people in one browser. */
const mostBrowsers = 50
const mostPeople = 5

/**
 * @param parts.store sealed: it says where people were
 * @param parts.endedAt what was remembered of somebody until then, milliseconds since the epoch,
 *   counts no more
 */
export function createRememberedBrowsers(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly endedAt: (sub: string) => Promise<number>
}): RememberedBrowsers {
  const { store, clock } = parts

  async function read(sub: string, ids: readonly string[]): Promise<readonly RememberedBrowser[]> {
    if (ids.length === 0) return []
    const endedAt = await parts.endedAt(sub)
    const found = await Promise.all(ids.map((id) => store.get(key(sub, id))))
    return found
      .flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as RememberedBrowser]))
      .filter(({ at }) => at > endedAt)
  }

  // The list drops its oldest; and what is not listed nobody could revoke, so it does not count.
  async function idIn(sub: string, cookie: string | undefined): Promise<string | undefined> {
    const ids = secretsIn(cookie).map(idOf)
    if (ids.length === 0) return undefined
    const listed = await store.range(listKey(sub))
    return ids.find((id) => listed.includes(id))
  }

  return {
    remember: async (sub, { days, ...about }, cookie) => {
      const before = await idIn(sub, cookie)
      if (before !== undefined) await store.delete(key(sub, before))
      const secret = clock.randomBytes(32).toString('base64url')
      const [id, at, ttl] = [idOf(secret), clock.now(), Math.min(days, mostDays) * day]
      const remembered: RememberedBrowser = { id, at, ends: at + ttl, ...about }
      await store.set(key(sub, id), JSON.stringify(remembered), ttl)
      const options = { max: mostBrowsers, ttl: mostDays * day }
      await store.append(listKey(sub), id, options)
      const others = secretsIn(cookie).filter((one) => idOf(one) !== before)
      return [secret, ...others].slice(0, mostPeople).join('.')
    },
    find: async (sub, cookie) => {
      const id = await idIn(sub, cookie)
      const [found] = await read(sub, id === undefined ? [] : [id])
      return found
    },
    list: async (sub) => (await read(sub, await store.range(listKey(sub)))).toReversed(),
    revoke: (sub, id) => store.delete(key(sub, id)),
    revokeAll: (sub) => forgetBrowsers(store, sub),
  }
}

/** Forgets all browsers of a person. @returns how many there were */
export async function forgetBrowsers(
  store: Pick<Store, 'range' | 'delete'>,
  sub: string,
): Promise<number> {
  const ids = await store.range(listKey(sub))
  const removed = await Promise.all(ids.map((id) => store.delete(key(sub, id))))
  return removed.filter(Boolean).length
}

const secret = /^[\w-]{43}$/

function secretsIn(cookie: string | undefined): readonly string[] {
  return (cookie ?? '')
    .split('.')
    .filter((one) => secret.test(one))
    .slice(0, mostPeople)
}

// What is listed, and shown to the person, is of no use to whoever reads it.
function idOf(chance: string): string {
  return createHash('sha256').update(chance).digest('base64url').slice(0, 22)
}

const listKey = (sub: string): string => `remembered-browsers:${sub}`
const key = (sub: string, id: string): string => `remembered-browser:${sub}:${id}`
