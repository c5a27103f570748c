import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { settingsFiles } from './json-schemas.ts'
import { settingsSections } from './settings-reference.ts'

const page = fileURLToPath(new URL('../docs/policies.md', import.meta.url))
const begin = '<!-- settings: written by `npm run generate` -->'
const end = '<!-- end of settings -->'

/** `docs/policies.md` as it is, with the settings of its files between the two marks. */
export function policiesPage(): string {
  const text = readFileSync(page, 'utf8')
  const [before, rest] = text.split(begin)
  const [, after] = rest?.split(end) ?? []
  if (before === undefined || after === undefined) throw new Error(`${page} has lost its marks`)
  const files = settingsFiles.filter((file) => file.page === 'policies')
  const head =
    '`[]` stands for each member of a list, `*` for each name. Unknown settings are refused.'
  return `${before}${begin}\n\n${head}\n\n${settingsSections(files, '###')}\n${end}${after}`
}
