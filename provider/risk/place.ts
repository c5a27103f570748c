/** Where an address is, as far as a file of the admin's knows. */
export interface RiskPlace {
  /** ISO 3166-1, two capital letters. */
  readonly country?: string
  /** Degrees, as are longitudes. */
  readonly latitude?: number
  readonly longitude?: number
  /** In a location that the admin trusts: many people share its address, and some are elsewhere. */
  readonly trusted?: boolean
}

/** A sign-in's place and time. */
export interface PastPlace extends RiskPlace {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number
}

/** Kilometres: what files of addresses are wrong by, within a country. */
const farAway = 500

/** Kilometres an hour: an airliner. */
const fastest = 900

/**
 * PURE. Whether nobody can have been at both.
 * @returns `undefined` if it is not known where one of them is
 */
export function isImpossibleTravel(from: PastPlace, to: PastPlace): boolean | undefined {
  const distance = kilometres(from, to)
  if (distance === undefined) return undefined
  const hours = Math.abs(to.at - from.at) / 3_600_000
  return distance > farAway && distance > fastest * hours
}

/** Along a great circle (haversine formula). */
function kilometres(a: RiskPlace, b: RiskPlace): number | undefined {
  const [from, to] = [coordinates(a), coordinates(b)]
  if (from === undefined || to === undefined) return undefined
  const across = Math.cos(from.latitude) * Math.cos(to.latitude)
  const h = half(from.latitude, to.latitude) + across * half(from.longitude, to.longitude)
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h)))
}

function half(one: number, other: number): number {
  return Math.sin((other - one) / 2) ** 2
}

const earthRadius = 6371

/** Radians. */
function coordinates({ latitude, longitude }: RiskPlace) {
  if (latitude === undefined || longitude === undefined) return undefined
  return { latitude: (latitude * Math.PI) / 180, longitude: (longitude * Math.PI) / 180 }
}
