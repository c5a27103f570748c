import { runCases } from '../../provider/access/run-cases.ts'
import { printProblem, type SettingsProblem } from '../../shared/settings/problem.ts'
import { visible } from '../../shared/settings/visible.ts'
import { exitCodes } from '../exit.ts'
import { knownOfProvider } from './known-of-provider.ts'
import { count, isSound, openPolicies, type ReadingOptions, whatActs } from './policy.ts'

/** `postern policy test`: runs every case of a folder. */
export async function testCases(
  directory: string,
  { json = false, config }: ReadingOptions,
): Promise<void> {
  const opened = await openPolicies(directory, await knownOfProvider(config))
  if (!isSound(opened)) return
  const { policies, cases, locate } = opened
  const { results, untouched } = runCases(policies, cases.cases, locate)
  const judged = results.map(({ policy, name, failures }) => {
    const locateIn = cases.cases.find((each) => each.policy === policy)?.locate
    return { policy, name, problems: locateIn ? failures.map(locateIn) : [] }
  })
  const failed = judged.filter(({ problems }) => problems.length > 0)
  if (failed.length > 0) process.exitCode = exitCodes.failed
  if (json) console.log(JSON.stringify({ cases: judged, untouched }))
  else console.log(report(judged, untouched))
}

interface Judged {
  readonly name: string
  readonly problems: readonly SettingsProblem[]
}

function report(judged: readonly Judged[], untouched: readonly string[]): string {
  const failed = judged.filter(({ problems }) => problems.length > 0)
  const lines = failed.flatMap(({ name, problems }) => [
    `failed: ${visible(name)}`,
    ...problems.map((problem) => `  ${printProblem(problem)}`),
  ])
  const idle = untouched.map((name) => `no case in which it applies: ${name}`)
  const passed = judged.length - failed.length
  return [
    ...lines,
    ...idle,
    `${count(passed, 'case')} passed, ${failed.length} failed`,
    whatActs,
  ].join('\n')
}
