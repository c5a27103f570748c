import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { z } from 'zod'
import type { SettingsProblem } from '../../shared/settings/problem.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'
import { readYaml } from '../../shared/settings/yaml-document.ts'
import { checkSettingsText } from '../../shared/settings.ts'
import type { AddressPlace, Place } from './locate.ts'
import type { NamedPolicy, Policy } from './policy.ts'
import { locationCheck, strengthCheck, termsCheck } from './policy-checks.ts'
import { policyFileWith } from './policy-schema.ts'
import { readLocations } from './read-locations.ts'
import type { Whereabouts } from './signals.ts'
import { policyWarnings } from './warnings/warnings.ts'

/** All policies of a folder and the locations beside it, with all that is wrong with any of them. */
export interface PolicyFolder {
  /** By name, those that are right. A set with problems is not one to be used. */
  readonly policies: readonly NamedPolicy[]
  /** Where an address is, in the words of `locations.yaml`. */
  readonly locate: (place: Place) => Whereabouts
  readonly placeOf: (ip: string) => AddressPlace
  /** Files of policies, and of locations if there is one, also those that are wrong. */
  readonly files: readonly string[]
  readonly problems: readonly SettingsProblem[]
  /** What is allowed and hardly meant. */
  readonly warnings: readonly SettingsProblem[]
}

/** Stands beside the folder. */
export const locationsName = 'locations.yaml'

/** What is known outside the folder; of what is left out nothing is said. */
export interface PolicyContext {
  /** Milliseconds since 1970-01-01T00:00:00Z, for warnings of what has ended. */
  readonly now: number
  /** Names of the terms that there are. */
  readonly terms?: readonly string[] | undefined
  /** Names of strengths of authentication in the settings. */
  readonly strengths?: readonly string[] | undefined
  /** Whether there is a break-glass account, which no policy has to leave out. */
  readonly hasBreakGlass?: boolean | undefined
}

/**
 * Reads one set: again, if another folder was put in its place meanwhile, or if a file came or went.
 * Half of the one and half of the other may be right by itself, and is what nobody has reviewed.
 * @param directory with one YAML file for each policy; `locations.yaml` is looked for beside it
 */
export async function readPolicyFolder(
  directory: string,
  context: PolicyContext,
): Promise<PolicyFolder> {
  for (;;) {
    const before = await stamp(directory)
    const folder = await readOnce(directory, context)
    if ((await stamp(directory)) === before) return folder
  }
}

/** Another one for another folder, and for each file that is added, taken away or replaced. */
async function stamp(directory: string): Promise<string> {
  const places = [directory, join(dirname(directory), locationsName)]
  const stamps = places.map(async (path) => {
    const found = await stat(path, { bigint: true }).catch(() => undefined)
    return found && [found.dev, found.ino, found.ctimeNs].join(' ')
  })
  return (await Promise.all(stamps)).join(', ')
}

async function readOnce(
  directory: string,
  { now, terms, strengths, hasBreakGlass = false }: PolicyContext,
): Promise<PolicyFolder> {
  const found = await policyFiles(directory)
  const places = await readLocations(join(dirname(directory), locationsName))
  // Of names in a file that is wrong nothing can be said.
  const named = places.usable ? [locationCheck(Object.keys(places.locations.locations))] : []
  const agreed = terms === undefined ? [] : [termsCheck(terms)]
  const schema = policyFileWith([...named, ...agreed, strengthCheck(strengths)])
  const read = await Promise.all(found.files.map((file) => readPolicy(file, schema)))
  const good = read.flatMap((each) => each.good ?? [])
  const policies = good.map(({ policy }) => policy)
  const warnings = policyWarnings({
    policies,
    locations: places.locations,
    now,
    hasBreakGlass,
  }).flatMap((warning) => {
    const source = good.find(({ policy }) => policy.name === warning.policy)
    return source ? [readYaml(source.file, source.text).locate(warning)] : []
  })
  return {
    policies,
    locate: places.locate,
    placeOf: places.placeOf,
    files: [...places.files, ...found.files],
    problems: [
      ...found.problems,
      ...places.problems,
      ...sameNames(found.files),
      ...read.flatMap((each) => each.problems ?? []),
    ],
    warnings: warnings.toSorted(byPlace),
  }
}

/** What a policy in this file is called. */
export function policyName(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '')
}

function byPlace(a: SettingsProblem, b: SettingsProblem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column
}

interface ReadPolicy {
  readonly good?: { readonly file: string; readonly text: string; readonly policy: NamedPolicy }
  readonly problems?: readonly SettingsProblem[]
}

async function readPolicy(file: string, schema: z.ZodType<Policy>): Promise<ReadPolicy> {
  const read = await readTextFile(file)
  if ('problem' in read) return { problems: [whole(file, read.problem)] }
  const checked = checkSettingsText(file, read.text, schema)
  if (checked.problems) return { problems: checked.problems }
  return { good: { file, text: read.text, policy: { name: policyName(file), ...checked.value } } }
}

interface FoundFiles {
  readonly files: readonly string[]
  readonly problems: readonly SettingsProblem[]
}

async function policyFiles(directory: string): Promise<FoundFiles> {
  try {
    const names = (await readdir(directory)).filter((name) => !name.startsWith('.')).toSorted()
    const files = names.filter((name) => /(?<!\.cases)\.ya?ml$/.test(name))
    return { files: files.map((name) => join(directory, name)), problems: [] }
  } catch (thrown) {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
    const message = missing ? 'there is no such folder' : `cannot be read (${String(thrown)})`
    return { files: [], problems: [whole(directory, message)] }
  }
}

function sameNames(files: readonly string[]): SettingsProblem[] {
  const byName = Map.groupBy(files, policyName)
  return [...byName.values()].flatMap(([first, ...others]) =>
    others.map((file) =>
      whole(file, `is called like ${basename(first ?? '')}: rename one of them`),
    ),
  )
}

function whole(file: string, message: string): SettingsProblem {
  return { file, line: 0, column: 0, path: '', message }
}
