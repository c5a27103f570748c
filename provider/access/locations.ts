import { isIP } from 'node:net'
import { z } from 'zod'
import { type CrossCheck, withCrossChecks } from '../../shared/settings/cross-check.ts'
import { fileName } from '../../shared/settings/fields.ts'

/**
 * `locations.yaml`: names for places, which policies use. Names of settings are those of
 * `ipNamedLocation` and `countryNamedLocation` in Microsoft Graph v1.0.
 */
export interface Locations {
  /** MaxMind DB file that knows countries of addresses; relative to this file. */
  readonly countriesFile?: string
  readonly locations: Readonly<Record<string, NamedLocation>>
}

/** Ranges of addresses, or countries: one of the two. */
export interface NamedLocation {
  readonly displayName?: string
  readonly ipRanges?: readonly string[]
  readonly isTrusted: boolean
  readonly countriesAndRegions?: readonly string[]
  /** What an address is of which no country is known; unknown unless said. */
  readonly includeUnknownCountriesAndRegions?: boolean
}

export const noLocations: Locations = { locations: {} }

const location: z.ZodType<NamedLocation> = z.strictObject({
  displayName: z.string().min(1).exactOptional().describe('What people call it.'),
  ipRanges: z
    .array(
      z.string().refine(isAddressOrRange, 'must be an IP address or a range, as in 10.0.0.0/8'),
    )
    .min(1)
    .exactOptional()
    .describe('Addresses and ranges, IPv4 and IPv6.'),
  isTrusted: z
    .boolean()
    .default(false)
    .describe('It is one of `AllTrusted`. Countries cannot be: they are guessed from addresses.'),
  countriesAndRegions: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, as in DE (ISO 3166-1)'))
    .min(1)
    .exactOptional()
    .describe('Countries, by their two letters (ISO 3166-1). They need `countriesFile`.'),
  includeUnknownCountriesAndRegions: z
    .boolean()
    .exactOptional()
    .describe(
      'Whether an address of which no country is known is here. Unless said it is unknown, and policies take the safe side.',
    ),
})

const fields: z.ZodType<Locations> = z.strictObject({
  countriesFile: fileName
    .exactOptional()
    .describe(
      'A MaxMind DB file (.mmdb) with countries of addresses, of your choosing; relative to this file. Postern brings none.',
    ),
  locations: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, dots and hyphens'),
      location,
    )
    .describe('Places by the name that policies call them.'),
})

const checks: readonly CrossCheck<Locations>[] = [
  {
    of: ['locations'],
    problems: ({ locations }) =>
      Object.entries(locations).flatMap(([name, { ipRanges, countriesAndRegions }]) => {
        if ((ipRanges === undefined) !== (countriesAndRegions === undefined)) return []
        const message = 'must have ipRanges or countriesAndRegions, and not both'
        return [{ path: ['locations', name], message }]
      }),
  },
  {
    of: ['locations'],
    problems: ({ locations }) =>
      Object.entries(locations).flatMap(([name, { isTrusted, countriesAndRegions }]) => {
        if (!isTrusted || countriesAndRegions === undefined) return []
        return [{ path: ['locations', name, 'isTrusted'], message: 'cannot be true of countries' }]
      }),
  },
  {
    of: ['locations', 'countriesFile'],
    problems: ({ locations, countriesFile }) =>
      Object.entries(locations).flatMap(([name, { countriesAndRegions }]) => {
        if (countriesFile !== undefined || countriesAndRegions === undefined) return []
        const path = ['locations', name, 'countriesAndRegions']
        return [{ path, message: 'needs countriesFile, or no country is ever known' }]
      }),
  },
  {
    of: ['locations'],
    problems: ({ locations }) =>
      Object.keys(locations)
        .filter((name) => /^(?:all|alltrusted)$/i.test(name))
        .map((name) => ({ path: ['locations', name], message: 'is a word of policies, no name' })),
  },
]

export const locationsFile: z.ZodType<Locations> = withCrossChecks(fields, checks)

function isAddressOrRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0 || address.includes('%')) return false
  if (prefix === undefined) return true
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)
}
