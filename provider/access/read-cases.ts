import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Finding } from '../../shared/settings/findings.ts'
import type { SettingsProblem } from '../../shared/settings/problem.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'
import { readYaml } from '../../shared/settings/yaml-document.ts'
import { checkSettingsText } from '../../shared/settings.ts'
import { casesFile, type PolicyCase } from './cases.ts'

/** The cases of one policy, with the way back to their lines. */
export interface CasesOfPolicy {
  readonly policy: string
  readonly cases: readonly PolicyCase[]
  readonly locate: (finding: Finding) => SettingsProblem
}

export interface ReadCases {
  readonly files: readonly string[]
  readonly cases: readonly CasesOfPolicy[]
  readonly problems: readonly SettingsProblem[]
}

/**
 * Every `<name>.cases.yaml` of a folder.
 * @param policies names of those that have a file, right or wrong
 */
export async function readCases(
  directory: string,
  policies: readonly string[],
): Promise<ReadCases> {
  // A folder that is not there is said when its policies are read.
  const names: readonly string[] = await readdir(directory).catch(() => [])
  const files = names
    .filter((name) => /^[^.].*\.cases\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(directory, name))
  const read = await Promise.all(files.map((file) => readFile(file, policies)))
  return {
    files,
    cases: read.flatMap((each) => ('cases' in each ? [each] : [])),
    problems: read.flatMap((each) => ('problems' in each ? each.problems : [])),
  }
}

type ReadFile = CasesOfPolicy | { readonly problems: readonly SettingsProblem[] }

async function readFile(file: string, policies: readonly string[]): Promise<ReadFile> {
  const whole = (message: string) => ({ file, line: 0, column: 0, path: '', message })
  const policy = basename(file).replace(/\.cases\.ya?ml$/, '')
  if (!policies.includes(policy))
    return { problems: [whole(`there is no policy ${policy} beside it`)] }
  const read = await readTextFile(file)
  if ('problem' in read) return { problems: [whole(read.problem)] }
  const checked = checkSettingsText(file, read.text, casesFile)
  if (checked.problems) return { problems: checked.problems }
  return { policy, cases: checked.value.cases, locate: readYaml(file, read.text).locate }
}
