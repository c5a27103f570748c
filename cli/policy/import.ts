import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { type Imported, importGraph } from '../../provider/access/graph-import/graph-import.ts'
import type { Note } from '../../provider/access/graph-import/reading.ts'
import { Fault } from '../../shared/fault.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'
import { visible } from '../../shared/settings/visible.ts'
import { count, whatActs } from './policy.ts'

/**
 * `postern policy import`: writes a file for each policy, and `locations.yaml` beside the folder. Never
 * writes over a file: then it writes nothing at all.
 * @param files JSON out of Microsoft Graph
 * @throws Fault `settings` if a file cannot be read, or one to be written is there
 */
export async function importPolicies(
  files: readonly string[],
  folder: string,
  json: boolean,
): Promise<void> {
  const imported = importGraph(await Promise.all(files.map(readJson)))
  const made = filesOf(imported, folder)
  await mustBeNew(made.map(({ file }) => file))
  await mkdir(folder, { recursive: true })
  for (const { file, content } of made) await writeFile(file, content, { flag: 'wx' })
  const written = made.map(({ file, notes }) => ({ file, notes }))
  const { skipped } = imported
  if (json) console.log(JSON.stringify({ written, skipped }))
  else console.log(report(written, skipped))
}

async function readJson(file: string): Promise<unknown> {
  const read = await readTextFile(file)
  if ('problem' in read) throw new Fault('settings', `${file}: ${read.problem}`)
  try {
    return JSON.parse(read.text.replace(/^\uFEFF/, '')) as unknown
  } catch (cause) {
    throw new Fault('settings', `${file}: is not JSON`, { cause })
  }
}

interface MadeFile {
  readonly file: string
  readonly content: string
  readonly notes: readonly Note[]
}

function filesOf({ policies, locations }: Imported, folder: string): MadeFile[] {
  const made = policies.map(({ name, content, notes }) => ({
    file: join(folder, `${name}.yaml`),
    content: `${comment(notes)}${stringify(content)}`,
    notes,
  }))
  if (locations.length === 0) return made
  const notes = locations.flatMap(({ name, notes: own }) =>
    own.map((note) => ({ ...note, path: `locations.${name}.${note.path}` })),
  )
  const needsCountries = locations.some(({ content }) => 'countriesAndRegions' in content)
  const content = stringify({
    ...(needsCountries ? { countriesFile: 'countries.mmdb' } : {}),
    locations: Object.fromEntries(locations.map((each) => [each.name, each.content])),
  })
  const file = join(dirname(folder), 'locations.yaml')
  return [...made, { file, content: `${comment(notes)}${content}`, notes }]
}

function comment(notes: readonly Note[]): string {
  const lines = notes.map((note) => `# ${noteText(note)}`)
  const head = 'Imported from Microsoft Graph.'
  return lines.length === 0 ? `# ${head}\n` : `# ${head} Not carried over:\n${lines.join('\n')}\n`
}

function noteText({ path, message, effect }: Note): string {
  return visible(`${effect === 'none' ? '' : '! '}${path}: ${message}`)
}

async function mustBeNew(files: readonly string[]): Promise<void> {
  const there = await Promise.all(
    files.map(async (file) => {
      const names: readonly string[] = await readdir(dirname(file)).catch(() => [])
      return names.some((name) => join(dirname(file), name) === file) ? [file] : []
    }),
  )
  const said = there.flat().map((file) => `${file}: is there already; nothing was written`)
  if (said.length > 0) throw new Fault('settings', said.join('\n'))
}

function report(
  written: readonly Omit<MadeFile, 'content'>[],
  skipped: Imported['skipped'],
): string {
  const lines = written.flatMap(({ file, notes }) => [
    visible(file),
    ...notes.map((note) => `  ${noteText(note)}`),
  ])
  const not = skipped.map(({ name, why }) => visible(`not imported: ${name}: ${why}`))
  const total = `${count(written.length, 'file')} written, ${skipped.length} not imported`
  const legend = written.some(({ notes }) => notes.some(({ effect }) => effect !== 'none'))
    ? ['! means something else until somebody has looked at it: such policies are disabled']
    : []
  return [...lines, ...not, total, ...legend, whatActs].join('\n')
}
