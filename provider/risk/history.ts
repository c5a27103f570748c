import type { Store } from '../../shared/store.ts'
import { day, hour, type Past, type Seen } from './facts.ts'
import { networkOf } from './network-of.ts'
import type { PastPlace } from './place.ts'
import type { RiskScore } from './score.ts'

/** Whose past is asked for. */
export interface Sought {
  readonly sub: string
  /** User names of the person, in any form. */
  readonly names: readonly string[]
  readonly address?: string
  /** What this browser is called, if it has been seen. */
  readonly device?: string
  readonly country?: string
}

/** What risk is measured by, as all provider processes remember it. */
export interface History {
  read(sought: Sought): Promise<Past>
  /** Wrong, for whomever, whether or not there is such a person. */
  refusedAt(address: string): Promise<void>
  wrongPassword(sub: NamedPerson): Promise<void>
  locked(sub: NamedPerson): Promise<void>
  passwordChanged(sub: string): Promise<void>
  disowned(sub: string): Promise<void>
  unusual(sub: string, level: 'medium' | 'high'): Promise<void>
  saw(
    what: 'device' | 'country',
    name: string,
    seen: Seen & { readonly sub: string },
  ): Promise<void>
  wasAt(sub: string, place: PastPlace): Promise<void>
  /** How risky the sign-in was with which a session began. */
  sessionBegan(session: string, signIn: RiskScore): Promise<void>
  sessionBeganWith(session: string): Promise<RiskScore | undefined>
}

/** As somebody typed it, in a realm. */
export interface NamedPerson {
  readonly realm: string
  readonly username: string
}

const week = 7 * day

/** Browsers and places are forgotten if nobody uses them for so long. */
export const rememberedFor: number = 180 * day

/** Milliseconds: as long as a session can be, which is 90 days by the schema of its lifetime. */
const sessionFor = 90 * day

/** @param store sealed: it says where people were */
export function createHistory(store: Store, clock: { now(): number }): History {
  const note = (key: string, max: number, ttl: number) =>
    store.append(key, String(clock.now()), { max, ttl })
  const times = async (key: string) => (await store.range(key)).map(Number)
  const json = async <T>(key: string): Promise<T | undefined> => {
    const text = await store.get(key)
    return text === undefined ? undefined : (JSON.parse(text) as T)
  }
  const write = (key: string, value: object, ttl: number) =>
    store.set(key, JSON.stringify(value), ttl)
  const mark = (key: string) => store.set(key, String(clock.now()), week)

  return {
    read: async ({ sub, names, address, device, country }) => {
      const realm = sub.slice(0, sub.indexOf(':'))
      const people = [...new Set(names.map((username) => personKey({ realm, username })))]
      const all = async (of: (person: string) => string) =>
        (await Promise.all(people.map((person) => times(of(person))))).flat()
      const since = clock.now() - week
      const [seenDevice, seenCountry, last, addressFailures, failures, lockouts, unusual, marks] =
        await Promise.all([
          device === undefined ? undefined : json<Seen>(keys.seen('device', device, sub)),
          country === undefined ? undefined : json<Seen>(keys.seen('country', country, sub)),
          json<PastPlace>(keys.last(sub)),
          address === undefined ? undefined : times(keys.address(address)),
          all(keys.failures),
          all(keys.lockouts),
          store.range(keys.unusual(sub)),
          marksOf(store, sub),
        ])
      return {
        ...(seenDevice && { device: seenDevice }),
        ...(seenCountry && { country: seenCountry }),
        ...(last && { last }),
        ...(addressFailures && { addressFailures }),
        failures: failures.filter((at) => at > since),
        lockouts: lockouts.filter((at) => at > since),
        unusual: unusual
          .map((text) => JSON.parse(text) as Past['unusual'][number])
          .filter(({ at }) => at > since),
        ...marks,
      }
    },
    refusedAt: (address) => note(keys.address(address), 60, hour),
    wrongPassword: (person) => note(keys.failures(personKey(person)), 50, week),
    locked: (person) => note(keys.lockouts(personKey(person)), 50, week),
    passwordChanged: (sub) => mark(keys.changed(sub)),
    disowned: (sub) => mark(keys.disowned(sub)),
    unusual: (sub, level) =>
      store.append(keys.unusual(sub), JSON.stringify({ at: clock.now(), level }), {
        max: 20,
        ttl: week,
      }),
    saw: (what, name, { sub, first, learnt }) =>
      write(keys.seen(what, name, sub), { first, learnt }, rememberedFor),
    wasAt: (sub, place) => write(keys.last(sub), place, rememberedFor),
    sessionBegan: (session, signIn) => write(keys.session(session), signIn, sessionFor),
    sessionBeganWith: (session) => json<RiskScore>(keys.session(session)),
  }
}

/** When each was last true of a person. */
async function marksOf(store: Store, sub: string): Promise<Pick<Past, 'changedAt' | 'disownedAt'>> {
  const [changed, disowned] = await Promise.all([
    store.get(keys.changed(sub)),
    store.get(keys.disowned(sub)),
  ])
  return {
    ...(changed !== undefined && { changedAt: Number(changed) }),
    ...(disowned !== undefined && { disownedAt: Number(disowned) }),
  }
}

const keys = {
  seen: (what: 'device' | 'country', name: string, sub: string) => `risk-${what}:${name}:${sub}`,
  last: (sub: string) => `risk-last:${sub}`,
  address: (address: string) => `risk-address:${networkOf(address)}`,
  failures: (person: string) => `risk-failures:${person}`,
  lockouts: (person: string) => `risk-lockouts:${person}`,
  unusual: (sub: string) => `risk-unusual:${sub}`,
  changed: (sub: string) => `risk-changed:${sub}`,
  disowned: (sub: string) => `risk-disowned:${sub}`,
  session: (session: string) => `risk-session:${session}`,
}

/**
 * `alice`, `CORP\alice` and `alice@corp.example` are one person of a realm, and whoever tries
 * passwords would choose. Two that differ in the suffix alone share what is counted.
 */
function personKey({ realm, username }: NamedPerson): string {
  const local = username.replace(/^[^\\]*\\/, '').replace(/(?<=.)@[^@]*$/, '')
  return `${realm}:${local.toLowerCase()}`
}
