import {
  type GraphObject,
  isObject,
  type Note,
  type Notes,
  noteOthers,
  text,
  texts,
} from './reading.ts'

export function isLocation(object: GraphObject): boolean {
  return Array.isArray(object['ipRanges']) || Array.isArray(object['countriesAndRegions'])
}

interface CarriedLocation {
  readonly content: Readonly<Record<string, unknown>>
  readonly notes: readonly Note[]
}

const metadata = ['id', 'displayName', 'createdDateTime', 'modifiedDateTime', 'deletedDateTime']

/** PURE. `ipNamedLocation` or `countryNamedLocation`. */
export function carryLocation(object: GraphObject): CarriedLocation {
  const notes: Notes = []
  const displayName = text(object['displayName'])
  const name = displayName === undefined ? {} : { displayName }
  if (Array.isArray(object['ipRanges'])) {
    noteOthers(object, [...metadata, 'ipRanges', 'isTrusted'], notes, '')
    const ipRanges = object['ipRanges'].flatMap((range: unknown) =>
      isObject(range) ? (text(range['cidrAddress']) ?? []) : [],
    )
    if (ipRanges.length === 0) {
      notes.push({ path: 'ipRanges', message: 'has none', effect: 'nothingLeft' })
    }
    const isTrusted = object['isTrusted'] === true
    return { content: { ...name, ipRanges, ...(isTrusted ? { isTrusted } : {}) }, notes }
  }
  const settings = [
    'countriesAndRegions',
    'includeUnknownCountriesAndRegions',
    'countryLookupMethod',
  ]
  noteOthers(object, [...metadata, ...settings], notes, '')
  if (object['countryLookupMethod'] === 'authenticatorAppGps') {
    const message = 'countries are known by addresses here, not by GPS'
    notes.push({ path: 'countryLookupMethod', message, effect: 'changed' })
  }
  const includeUnknownCountriesAndRegions = object['includeUnknownCountriesAndRegions'] === true
  return {
    content: {
      ...name,
      countriesAndRegions: texts(object['countriesAndRegions']),
      includeUnknownCountriesAndRegions,
    },
    notes,
  }
}
