import { hour, type Past, type Seen } from './facts.ts'
import type { PastPlace, RiskPlace } from './place.ts'
import type { RiskLevel } from './rules.ts'

/** A sign-in, or a session that went on, which policies let in. */
export interface Accepted {
  readonly at: number
  readonly place: RiskPlace
  readonly past: Past
  readonly isFresh: boolean
  /** Unknown if nobody could tell. */
  readonly level: RiskLevel | undefined
  readonly secondFactor: boolean
}

/** What is to be remembered of it; what is left out stays as it is. */
export interface Lessons {
  readonly device: Seen
  readonly country?: Seen
  readonly last?: PastPlace
}

/** PURE. `undefined` if there is nothing new. */
export function lessonsOf(accepted: Accepted): Lessons | undefined {
  const { at, place, past, isFresh, level, secondFactor } = accepted
  const isOld = past.device !== undefined && at - (past.last?.at ?? 0) < hour
  if (!isFresh && isOld) return undefined
  const isUsual = secondFactor || isLow(level)
  const isPlaced = !place.trusted && place.country !== undefined
  return {
    device: seen(past.device, at, isUsual),
    ...(isPlaced && { country: seen(past.country, at, isUsual) }),
    ...(isUsual && { last: placeNow(place, past.last, at) }),
  }
}

function isLow(level: RiskLevel | undefined): boolean {
  return level === 'none' || level === 'low'
}

function seen(before: Seen | undefined, at: number, isUsual: boolean): Seen {
  return { first: before?.first ?? at, learnt: isUsual || before?.learnt === true }
}

// Who is in a trusted network may have come through it from anywhere.
function placeNow(place: RiskPlace, before: PastPlace | undefined, at: number): PastPlace {
  return place.trusted ? (before ?? { at }) : { ...place, at }
}
