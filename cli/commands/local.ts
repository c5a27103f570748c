import { Command, InvalidArgumentError, Option } from 'commander'
import { announcement, announcementJson } from '../local/announce.ts'
import { type LogLevel, logLevels } from '../local/readable-log.ts'
import { untilSignal } from '../until-signal.ts'

const examples = `
Examples:
  $ postern local                                  everything in one process, in memory
  $ postern local --port 0 --json                  for a test: any free port, one JSON line when ready
  $ postern local --redis redis://localhost:6379   over Redis streams, the agent in its own process
`

interface LocalFlags {
  readonly port: number
  readonly host: string
  readonly issuer?: string
  readonly redis?: string
  readonly json?: true
  readonly logLevel: LogLevel
}

/** `postern local`: all of Postern on a developer's machine, with people, apps and a demo app. */
export function localCommand(): Command {
  return new Command('local')
    .description('run all of it here: provider, agent, sample people and apps, and a demo app')
    .option('-p, --port <number>', 'where to listen; 0 takes any free port', port, 9000)
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--issuer <url>', 'the address apps know it by (default: http://localhost:PORT)')
    .option('--redis <url>', 'use this Redis, and an agent in a process of its own')
    .option('--json', 'when ready, print one JSON line instead of a text')
    .addOption(
      new Option('--log-level <level>', 'the least serious log lines to show, on standard error')
        .choices(logLevels)
        .default('warn'),
    )
    .addHelpText('after', examples)
    .action(async (flags: LocalFlags) => {
      const { startLocal } = await import('../local/local.ts')
      await untilSignal(async () => {
        const running = await startLocal(flags)
        console.log(flags.json ? announcementJson(running) : announcement(running))
        return running
      })
    })
}

function port(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= 65_535) return number
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}
