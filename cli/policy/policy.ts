import {
  type PolicyContext,
  type PolicyFolder,
  policyName,
  readPolicyFolder,
} from '../../provider/access/policy-folder.ts'
import { type ReadCases, readCases } from '../../provider/access/read-cases.ts'
import { systemClock } from '../../shared/clock.ts'
import { printProblem, type SettingsProblem } from '../../shared/settings/problem.ts'
import { exitCodes } from '../exit.ts'

/**
 * `postern policy`: what its commands have in common. They read files, and touch nothing that runs.
 */
export interface OpenedPolicies extends PolicyFolder {
  readonly cases: ReadCases
}

/** What commands that read a folder have in common on the command line. */
export interface ReadingOptions {
  readonly json?: boolean
  /** The provider's settings, for what policies name of them. */
  readonly config?: string
}

/** Said by every command: a folder that is good does nothing by itself. */
export const whatActs: string =
  'Policies act where provider.yaml names their folder (policiesDirectory). This command changed nothing that runs.'

/**
 * Policies, locations and cases of a folder, with the problems of all of them.
 * @param known what else is known, of the provider that they are for
 */
export async function openPolicies(
  directory: string,
  known: Omit<PolicyContext, 'now'> = {},
): Promise<OpenedPolicies> {
  const folder = await readPolicyFolder(directory, { ...known, now: systemClock.now() })
  const names = folder.files.map(policyName)
  const cases = await readCases(directory, names)
  return { ...folder, cases, problems: [...folder.problems, ...cases.problems] }
}

/**
 * Says what is wrong, so that nothing is explained or tested by half a set.
 * @returns true if there is nothing
 */
export function isSound({ problems }: OpenedPolicies): boolean {
  if (problems.length === 0) return true
  console.error([...problems.map(printProblem), count(problems.length, 'mistake')].join('\n'))
  process.exitCode = exitCodes.failed
  return false
}

export function printWarning(problem: SettingsProblem): string {
  return printProblem({ ...problem, message: `warning: ${problem.message}` })
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
