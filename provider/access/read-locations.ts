import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import type { SettingsProblem } from '../../shared/settings/problem.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'
import { readYaml } from '../../shared/settings/yaml-document.ts'
import { checkSettingsText, resolveBeside } from '../../shared/settings.ts'
import { openCountries } from './countries.ts'
import { type AddressPlace, createLocator, type Place } from './locate.ts'
import { type Locations, locationsFile, noLocations } from './locations.ts'
import type { Whereabouts } from './signals.ts'

/** `locations.yaml` and the countries that it names, or all that is wrong with them. */
export interface ReadLocations {
  /** The file, if there is one. */
  readonly files: readonly string[]
  readonly locations: Locations
  readonly locate: (place: Place) => Whereabouts
  /** Empty without a file of countries. */
  readonly placeOf: (ip: string) => AddressPlace
  /** False if the file is wrong; there are no locations then. */
  readonly usable: boolean
  readonly problems: readonly SettingsProblem[]
}

/** No file means no locations, and is no mistake. */
export async function readLocations(file: string): Promise<ReadLocations> {
  const names: readonly string[] = await readdir(dirname(file)).catch(() => [])
  if (!names.includes(basename(file))) return { ...nothing, usable: true }
  const read = await readTextFile(file)
  if ('problem' in read) {
    const problem = { file, line: 0, column: 0, path: '', message: read.problem }
    return { ...nothing, files: [file], problems: [problem] }
  }
  const { value: locations, problems = [] } = checkSettingsText(file, read.text, locationsFile)
  if (!locations) return { ...nothing, files: [file], problems }
  const countries = await countriesOf(file, locations)
  if (typeof countries === 'string') {
    const finding = { path: ['countriesFile'], message: countries }
    const locate = createLocator(locations)
    const problem = readYaml(file, read.text).locate(finding)
    return { ...nothing, files: [file], locations, locate, usable: true, problems: [problem] }
  }
  const placeOf = countries ?? nowhere
  const locate = createLocator(locations, (ip) => placeOf(ip).country)
  return { files: [file], locations, locate, placeOf, usable: true, problems: [] }
}

const nowhere = (): AddressPlace => ({})

const nothing: ReadLocations = {
  files: [],
  locations: noLocations,
  locate: createLocator(noLocations),
  placeOf: nowhere,
  usable: false,
  problems: [],
}

/** What tells countries, or what is wrong with the file that should. */
async function countriesOf(
  file: string,
  { countriesFile }: Locations,
): Promise<((ip: string) => AddressPlace) | undefined | string> {
  if (countriesFile === undefined) return undefined
  try {
    return await openCountries(resolveBeside(file, countriesFile))
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message
    throw thrown
  }
}
