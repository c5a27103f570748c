import { isImpossibleTravel, type PastPlace, type RiskPlace } from './place.ts'
import type { RiskFacts } from './score.ts'

/** What is remembered of a person, their browser and their address. Times are milliseconds. */
export interface Past {
  /** Of this browser with this person. */
  readonly device?: Seen
  /** Of this country with this person. */
  readonly country?: Seen
  /** The last sign-in that was usual enough to learn from. */
  readonly last?: PastPlace
  /** Refused passwords from the address within an hour, if it is known. */
  readonly addressFailures?: readonly number[]
  /** Wrong passwords for the person within a week. */
  readonly failures: readonly number[]
  /** Each time that the directory said the account was locked, within a week. */
  readonly lockouts: readonly number[]
  /** The right password in a sign-in that was unusual, within a week. */
  readonly unusual: readonly { readonly at: number; readonly level: 'medium' | 'high' }[]
  /** When they last said of a sign-in that it was not theirs, within a week. */
  readonly disownedAt?: number
  /** When the password was last changed, as far as anybody has told. */
  readonly changedAt?: number
}

export interface Seen {
  readonly first: number
  /** It was there in a sign-in that was usual enough, or had a second factor. */
  readonly learnt: boolean
}

/** The moment that is measured. */
export interface Moment {
  readonly at: number
  readonly place: RiskPlace
  /** A password has just been typed; otherwise it is a session that goes on. */
  readonly isFresh: boolean
}

export const hour = 3_600_000
export const day: number = 24 * hour

/**
 * What turned up in an unusual sign-in is not known at once, or whoever has the password would only
 * have to try twice. If it is still in use after this time, it is.
 */
const probation = 7 * day

/** PURE. What can be told from it. */
export function factsOf(past: Past, { at, place, isFresh }: Moment): RiskFacts {
  return {
    ...placeFacts(past, at, place),
    // A trusted network has one address for everybody in it.
    ...(!place.trusted &&
      past.addressFailures && { addressFailures: within(past.addressFailures, hour, at).length }),
    ...(isFresh && {
      failuresBefore: within(past.failures, hour, at).length,
      lockoutsToday: episodes(within(past.lockouts, day, at)),
    }),
    ...userFacts(past),
  }
}

function placeFacts(past: Past, at: number, place: RiskPlace): RiskFacts {
  const { last } = past
  // Everything is new then, so nothing that is new says anything.
  if (last === undefined) return { firstSignIn: 1 }
  const travel = place.trusted ? undefined : isImpossibleTravel(last, { ...place, at })
  // A country is new only beside others that are known.
  const isJudged = !place.trusted && place.country !== undefined && last.country !== undefined
  return {
    unknownDevice: isKnown(past.device, at) ? 0 : 1,
    ...(isJudged && { newCountry: isKnown(past.country, at) ? 0 : 1 }),
    ...(travel !== undefined && { impossibleTravel: travel ? 1 : 0 }),
  }
}

/** What lasts: until the password is changed, or forgotten after a week. */
function userFacts(past: Past): RiskFacts {
  const { changedAt = 0, failures, lockouts, unusual, disownedAt = 0 } = past
  const since = (time: number) => time > changedAt
  const levels = unusual.filter((one) => since(one.at)).map(({ level }) => level)
  return {
    lockouts: episodes(lockouts.filter(since)),
    failuresInAnHour: worstHour(failures.filter(since)),
    unusualSignIns: levels.filter((level) => level === 'medium').length,
    veryUnusualSignIns: levels.filter((level) => level === 'high').length,
    disownedSignIns: since(disownedAt) ? 1 : 0,
  }
}

/** PURE. */
export function isKnown(seen: Seen | undefined, at: number): boolean {
  return seen !== undefined && (seen.learnt || at - seen.first >= probation)
}

function within(times: readonly number[], milliseconds: number, at: number): readonly number[] {
  return times.filter((time) => at - time < milliseconds)
}

/** Somebody whose account is locked tries a few times: within an hour that is one lockout. */
function episodes(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted.filter((time, index) => time - (sorted[index - 1] ?? -Infinity) >= hour).length
}

function worstHour(times: readonly number[]): number {
  return Math.max(0, ...times.map((end) => times.filter((t) => t <= end && end - t < hour).length))
}
