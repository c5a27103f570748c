import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { findings } from './settings/findings.ts'
import { plainWords } from './settings/plain-words.ts'
import { SettingsFault, type SettingsProblem } from './settings/problem.ts'
import { readTextFile } from './settings/text-file.ts'
import { readYaml } from './settings/yaml-document.ts'

/**
 * Settings: one YAML file, read whole, checked whole, and then a value that never changes. Whoever
 * edits the file learns of every mistake at once, with its line.
 */
export type CheckedSettings<T> =
  | { readonly value: T; readonly problems?: never }
  | { readonly problems: readonly SettingsProblem[]; readonly value?: never }

/**
 * @returns the frozen settings
 * @throws SettingsFault with every problem of the file
 */
export async function readSettings<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const checked = await checkSettings(file, schema)
  if (checked.problems) throw new SettingsFault(checked.problems)
  return checked.value
}

/** The same with the problems as a value, in the order of the file. */
export async function checkSettings<T>(
  file: string,
  schema: z.ZodType<T>,
): Promise<CheckedSettings<T>> {
  const read = await readTextFile(file)
  if ('text' in read) return checkSettingsText(file, read.text, schema)
  return { problems: [{ file, line: 0, column: 0, path: '', message: read.problem }] }
}

/** The same for text that has been read already; `file` is for messages alone. */
export function checkSettingsText<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
): CheckedSettings<T> {
  const yaml = readYaml(file, text)
  if (yaml.problems.length > 0) return { problems: inOrder(yaml.problems) }
  if (yaml.value === null) {
    return { problems: [yaml.locate({ path: [], message: 'has no settings in it' })] }
  }
  const result = schema.safeParse(yaml.value, { error: plainWords })
  if (result.success) return { value: deepFreeze(result.data) }
  return { problems: inOrder(findings(result.error.issues).map(yaml.locate)) }
}

/** A file named inside a settings file: relative names are relative to that file's folder. */
export function resolveBeside(file: string, name: string): string {
  return resolve(dirname(file), name)
}

function inOrder(problems: readonly SettingsProblem[]): SettingsProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
