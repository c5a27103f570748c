import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SettingsProblem } from '../../shared/settings/problem.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'
import { readYaml } from '../../shared/settings/yaml-document.ts'
import { checkSettingsText } from '../../shared/settings.ts'
import { type FileKind, fileKinds, recognise } from './file-kinds.ts'
import { checkNamedFiles, checkSingleFiles } from './named-files.ts'

/**
 * `postern check`: what is wrong with settings files, all of it, without starting anything. Each
 * kind of file is checked as the process that reads it would, and so are the files it names.
 */
export interface CheckedFile {
  readonly file: string
  /** `undefined` if it cannot be told. */
  readonly kind: FileKind | undefined
  readonly problems: readonly SettingsProblem[]
}

/**
 * @param path a file, or a folder, of which every YAML file is checked
 * @param kind what the file is; recognised by its content unless given
 */
export async function check(path: string, kind?: FileKind): Promise<readonly CheckedFile[]> {
  const files = await yamlFilesOf(path)
  if (files.length === 0) return [whole(path, kind, 'has no YAML files')]
  return Promise.all(files.map((file) => checkFile(file, kind)))
}

async function checkFile(file: string, given: FileKind | undefined): Promise<CheckedFile> {
  const read = await readTextFile(file)
  if ('problem' in read) return whole(file, given, read.problem)
  const yaml = readYaml(file, read.text)
  const kind = given ?? recognise(read.text, namesOf(yaml.value))
  if (yaml.problems.length > 0) return { file, kind, problems: yaml.problems }
  if (kind === undefined) return whole(file, kind, unrecognised)
  const checked = checkSettingsText<unknown>(file, read.text, fileKinds[kind])
  if (checked.problems) {
    const known = new Set(checked.problems.map(({ path }) => path))
    const named = (await checkSingleFiles(kind, file, yaml.value)).map(yaml.locate)
    const more = named.filter(({ path }) => !known.has(path))
    return { file, kind, problems: [...checked.problems, ...more].toSorted(inOrder) }
  }
  const named = await checkNamedFiles(kind, file, checked.value)
  const here = named.flatMap((each) => ('file' in each ? [] : [yaml.locate(each)]))
  const elsewhere = named.filter((each) => 'file' in each)
  return { file, kind, problems: [...here.toSorted(inOrder), ...elsewhere] }
}

function inOrder(a: SettingsProblem, b: SettingsProblem): number {
  return a.line - b.line || a.column - b.column
}

/** Something wrong with the file as a whole. */
function whole(file: string, kind: FileKind | undefined, message: string): CheckedFile {
  return { file, kind, problems: [{ file, line: 0, column: 0, path: '', message }] }
}

const unrecognised =
  'is no settings file that Postern knows by its content; if it is one, name its kind with --as'

function namesOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

async function yamlFilesOf(path: string): Promise<readonly string[]> {
  const entries = await readdir(path).catch(() => undefined)
  // No folder: a file, or nothing, which reading it will say.
  if (entries === undefined) return [path]
  const files = entries.filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.'))
  return files.toSorted().map((name) => join(path, name))
}
