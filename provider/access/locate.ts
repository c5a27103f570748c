import { BlockList, isIP } from 'node:net'
import type { Locations, NamedLocation } from './locations.ts'
import type { Whereabouts } from './signals.ts'

/** What is known of where a person is. */
export interface Place {
  readonly ip?: string
  /** ISO 3166-1, two capital letters. Looked up unless given. */
  readonly country?: string
}

/** What is known of where an address is used. */
export interface AddressPlace {
  /** ISO 3166-1, two capital letters. */
  readonly country?: string
  /** Degrees; both or neither. */
  readonly latitude?: number
  readonly longitude?: number
}

/** The country of an address, two capital letters; `undefined` if it is not known. */
export type CountryOf = (ip: string) => string | undefined

/**
 * Prepares named locations once, to tell of many addresses which of them they are in.
 * @param countryOf asked where a place has an address and no country
 */
export function createLocator(
  { locations }: Locations,
  countryOf: CountryOf = () => undefined,
): (place: Place) => Whereabouts {
  const named = Object.entries(locations).map(([name, location]) => ({
    name,
    trusted: location.isTrusted,
    holds: location.ipRanges ? byRange(location.ipRanges) : byCountry(location),
  }))
  return ({ ip, country = ip === undefined ? undefined : countryOf(ip) }) => {
    const seen = named.map(({ holds, ...rest }) => ({ ...rest, here: holds(ip, country) }))
    const trusted = trust(seen, ip)
    return {
      inside: seen.filter(({ here }) => here === true).map(({ name }) => name),
      unsure: seen.filter(({ here }) => here === undefined).map(({ name }) => name),
      ...(trusted === undefined ? {} : { trusted }),
    }
  }
}

type Holds = (ip: string | undefined, country: string | undefined) => boolean | undefined

function byRange(ranges: readonly string[]): Holds {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = familyOf(address)
    list.addSubnet(address, prefix === undefined ? widest(family) : Number(prefix), family)
  }
  return (ip) => (ip === undefined || isIP(ip) === 0 ? undefined : list.check(ip, familyOf(ip)))
}

function byCountry(location: NamedLocation): Holds {
  const countries = new Set(location.countriesAndRegions)
  const otherwise = location.includeUnknownCountriesAndRegions
  return (_, country) => (country === undefined ? otherwise : countries.has(country))
}

function trust(
  seen: readonly { readonly trusted: boolean; readonly here: boolean | undefined }[],
  ip: string | undefined,
): boolean | undefined {
  const trusted = seen.filter((each) => each.trusted)
  if (trusted.some(({ here }) => here === true)) return true
  return ip === undefined || trusted.some(({ here }) => here === undefined) ? undefined : false
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

function widest(family: 'ipv4' | 'ipv6'): number {
  return family === 'ipv6' ? 128 : 32
}
