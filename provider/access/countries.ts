import { readFile } from 'node:fs/promises'
import { Reader } from 'mmdb-lib'
import { Fault } from '../../shared/fault.ts'
import type { AddressPlace } from './locate.ts'

/**
 * Countries of addresses, and coordinates if it has any, out of a MaxMind DB file. The whole file is
 * read: a look-up then takes microseconds, and a file that is replaced meanwhile spoils nothing.
 * @param file as MaxMind, DB-IP and IPinfo make them
 * @throws Fault `settings` if it cannot be read or is no such file
 */
export async function openCountries(file: string): Promise<(ip: string) => AddressPlace> {
  const reader = await open(file)
  return (ip) => {
    const record = reader.get(ip.replace(/^::ffff:(?=\d+\.)/i, ''))
    const country = countryIn(record)
    return { ...(country !== undefined && { country }), ...coordinatesIn(record) }
  }
}

async function open(file: string): Promise<Reader<never>> {
  try {
    return new Reader(await readFile(file))
  } catch (cause) {
    throw new Fault('settings', `${file}: ${reason(cause)}`, { cause })
  }
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error) || !('code' in cause)) {
    return 'is no MaxMind DB file (.mmdb)'
  }
  return cause.code === 'ENOENT'
    ? 'there is no such file'
    : `cannot be read (${String(cause.code)})`
}

/**
 * Where the address is used. Never `registered_country`, where whoever owns the range has signed
 * for it: that may be on another continent.
 */
function countryIn(record: unknown): string | undefined {
  if (!isRecord(record)) return undefined
  const { country, country_code: code } = record
  const named = isRecord(country) ? country['iso_code'] : (code ?? country)
  return typeof named === 'string' && /^[A-Z]{2}$/.test(named) ? named : undefined
}

function coordinatesIn(record: unknown): Pick<AddressPlace, 'latitude' | 'longitude'> {
  const location = isRecord(record) ? record['location'] : undefined
  if (!isRecord(location)) return {}
  const { latitude, longitude } = location
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return {}
  return { latitude: Number(latitude), longitude: Number(longitude) }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
