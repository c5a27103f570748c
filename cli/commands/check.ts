import { Command, Option } from 'commander'
import type { CheckedFile } from '../check/check.ts'
import type { FileKind } from '../check/file-kinds.ts'
import { exitCodes } from '../exit.ts'

const kinds: readonly FileKind[] = [
  'provider',
  'agent',
  'client',
  'users',
  'policy',
  'locations',
  'cases',
]

const examples = `
Examples:
  $ postern check provider.yaml                 also the keys and the apps that it names
  $ postern check agent.yaml users.yaml
  $ postern check clients/                      every YAML file of a folder
  $ postern check --json provider.yaml          for a script

Policies are looked at as a whole by: postern policy check FOLDER
A file is recognised by its "# yaml-language-server: $schema=" line, or else by the settings in it.
`

/** `postern check`: every mistake of settings files, before anything is started. */
export function checkCommand(): Command {
  return new Command('check')
    .description('list every mistake in settings files, with line and column; start nothing')
    .argument(
      '<files...>',
      'settings of a provider or an agent, apps, people, policies; or folders of them',
    )
    .addOption(new Option('--as <kind>', 'what the files are, if it cannot be told').choices(kinds))
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples)
    .action(async (paths: string[], options: { as?: FileKind; json?: true }) => {
      const { check } = await import('../check/check.ts')
      const checked = (await Promise.all(paths.map((path) => check(path, options.as)))).flat()
      if (checked.some(({ problems }) => problems.length > 0)) process.exitCode = exitCodes.failed
      if (options.json) console.log(JSON.stringify({ files: checked }))
      else console.log(await report(checked))
    })
}

async function report(checked: readonly CheckedFile[]): Promise<string> {
  const { printProblem } = await import('../../shared/settings/problem.ts')
  const { visible } = await import('../../shared/settings/visible.ts')
  const lines = checked.flatMap(({ file, kind, problems }) =>
    problems.length === 0 ? [`${visible(file)}: ${kind}, no mistakes`] : problems.map(printProblem),
  )
  const count = checked.reduce((sum, { problems }) => sum + problems.length, 0)
  if (count === 0) return lines.join('\n')
  return `${lines.join('\n')}\n${count} ${count === 1 ? 'mistake' : 'mistakes'}`
}
