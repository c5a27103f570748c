import { printProblem } from '../../shared/settings/problem.ts'
import { exitCodes } from '../exit.ts'
import { knownOfProvider } from './known-of-provider.ts'
import { count, openPolicies, printWarning, type ReadingOptions, whatActs } from './policy.ts'

/** `postern policy check`. */
export async function checkPolicies(
  directory: string,
  { json = false, config }: ReadingOptions,
): Promise<void> {
  const known = await knownOfProvider(config)
  const { policies, files, cases, problems, warnings } = await openPolicies(directory, known)
  if (problems.length > 0) process.exitCode = exitCodes.failed
  if (json) {
    const read = [...files, ...cases.files]
    console.log(JSON.stringify({ files: read, problems, warnings }))
    return
  }
  const summary = [
    count(policies.length, 'good policy').replace('policys', 'policies'),
    count(problems.length, 'mistake'),
    count(warnings.length, 'warning'),
  ].join(', ')
  const lines = [...problems.map(printProblem), ...warnings.map(printWarning), summary, whatActs]
  console.log(lines.join('\n'))
}
