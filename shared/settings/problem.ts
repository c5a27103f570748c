import { Fault } from '../fault.ts'
import { visible } from './visible.ts'

/** One thing that is wrong with a settings file, said in one sentence. */
export interface SettingsProblem {
  readonly file: string
  /** From 1; 0 when the file as a whole is meant, because it cannot be read. */
  readonly line: number
  readonly column: number
  /** Which setting, as in `realms[0].suffixes[1]`; empty for the file's top. */
  readonly path: string
  /** Never quotes a value: it may be a password in the wrong place. */
  readonly message: string
}

/** A settings file that cannot be used, with everything that is wrong with it. */
export class SettingsFault extends Fault {
  readonly problems: readonly SettingsProblem[]

  /** Its message prints every problem, one a line. */
  constructor(problems: readonly SettingsProblem[]) {
    super('settings', problems.map(printProblem).join('\n'))
    this.problems = problems
  }
}

/** @returns one line, `file:line:column: path: message`, which editors and terminals make clickable */
export function printProblem(problem: SettingsProblem): string {
  const { file, line, column, path, message } = problem
  const place = line === 0 ? file : `${file}:${line}:${column}`
  // Names of settings and files are whatever somebody called them.
  return visible(path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`)
}
