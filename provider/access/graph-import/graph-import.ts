import { findings } from '../../../shared/settings/findings.ts'
import { plainWords } from '../../../shared/settings/plain-words.ts'
import { policyFile } from '../policy-schema.ts'
import { carryConditions } from './conditions.ts'
import { carryGrantControls, carrySessionControls } from './controls.ts'
import { carryLocation, isLocation } from './location.ts'
import {
  type GraphObject,
  group,
  isObject,
  type Note,
  type Notes,
  noteOthers,
  text,
} from './reading.ts'

/**
 * Policies and named locations of Microsoft Graph v1.0 as files of ours, one file of this folder for
 * each part. What has no meaning here is left out and listed; nothing is left out in silence.
 */
export interface Imported {
  readonly policies: readonly ImportedFile[]
  readonly locations: readonly ImportedFile[]
  /** What became no file at all, by its name, and why. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[]
}

export interface ImportedFile {
  /** That of its file, or of the location. */
  readonly name: string
  readonly content: Readonly<Record<string, unknown>>
  readonly notes: readonly Note[]
}

/**
 * PURE.
 * @param documents each one policy or location, a list of them, or an answer of Graph with `value`
 */
export function importGraph(documents: readonly unknown[]): Imported {
  const objects = documents.flatMap(objectsIn)
  const names = uniqueNames(objects)
  const nameOf = (object: GraphObject): string => names.get(object) ?? ''
  const places = objects.filter(isLocation)
  const placeNames = new Map(places.map((object) => [text(object['id']) ?? '', nameOf(object)]))
  const rules = objects.filter((object) => !isLocation(object) && isObject(object['conditions']))
  const policies = rules.map((object) => ({
    name: nameOf(object),
    ...carryPolicy(object, placeNames),
  }))
  const locations = places.map((object) => ({ name: nameOf(object), ...carryLocation(object) }))
  const strangers = objects.filter((object) => !places.includes(object) && !rules.includes(object))
  return {
    policies: policies.filter(isUsable),
    locations: locations.filter(isUsable),
    skipped: [
      ...[...policies, ...locations].filter((each) => !isUsable(each)).map(skip),
      ...strangers.map((object) => ({
        name: nameOf(object),
        why: 'is neither a policy nor a named location',
      })),
    ],
  }
}

function isUsable({ notes }: { readonly notes: readonly Note[] }): boolean {
  return !notes.some(({ effect }) => effect === 'nothingLeft')
}

function skip({ name, notes }: ImportedFile): Imported['skipped'][number] {
  const fatal = notes.filter(({ effect }) => effect === 'nothingLeft')
  return { name, why: fatal.map(({ path, message }) => `${path}: ${message}`).join('; ') }
}

function objectsIn(document: unknown): GraphObject[] {
  if (Array.isArray(document)) return document.flatMap(objectsIn)
  if (!isObject(document)) return []
  return Array.isArray(document['value']) ? objectsIn(document['value']) : [document]
}

function carryPolicy(
  object: GraphObject,
  places: ReadonlyMap<string, string>,
): Pick<ImportedFile, 'content' | 'notes'> {
  const notes: Notes = []
  const conditions = carryConditions(group(object['conditions']), places, notes)
  const grantControls = carryGrantControls(object['grantControls'], notes)
  const sessionControls = carrySessionControls(object['sessionControls'], notes)
  noteOthers(object, known, notes, '')
  const description = text(object['description'])
  const content = {
    displayName: text(object['displayName']) ?? 'Without a name',
    ...(description ? { description } : {}),
    state: stateOf(object, notes),
    conditions,
    ...(grantControls ? { grantControls } : {}),
    ...(sessionControls ? { sessionControls } : {}),
  }
  return { content, notes: [...notes, ...(isUsable({ notes }) ? mistakes(content) : [])] }
}

const known = [
  'id',
  'templateId',
  'createdDateTime',
  'modifiedDateTime',
  'deletedDateTime',
  'displayName',
  'description',
  'state',
  'conditions',
  'grantControls',
  'sessionControls',
]

/** What lacks a part might do anything, so it does nothing until somebody has looked at it. */
function stateOf(object: GraphObject, notes: Notes): string {
  if (notes.some(({ effect }) => effect !== 'none') || object['state'] === 'disabled')
    return 'disabled'
  return 'enabledForReportingButNotEnforced'
}

/** What would be refused as a file is none, and says why. */
function mistakes(content: object): Note[] {
  const checked = policyFile.safeParse(content, { error: plainWords })
  return findings(checked.error?.issues ?? []).map(({ path, message }) => ({
    path: path.join('.'),
    message,
    effect: 'nothingLeft',
  }))
}

/** Names for files and settings, made of display names. */
function uniqueNames(objects: readonly GraphObject[]): ReadonlyMap<GraphObject, string> {
  const taken = new Set<string>()
  return new Map(
    objects.map((object) => {
      const plain = slug(text(object['displayName']) ?? '')
      let name = plain
      for (let at = 2; taken.has(name); at += 1) name = `${plain}-${at}`
      taken.add(name)
      return [object, name]
    }),
  )
}

function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return plain.slice(0, 80) || 'imported'
}
