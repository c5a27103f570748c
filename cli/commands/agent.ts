import { Command } from 'commander'
import { untilSignal } from '../until-signal.ts'

const examples = `
Examples:
  $ postern agent run --config /etc/postern/agent.yaml

It connects outwards only, to Redis and to its directory. At SIGTERM or SIGINT it takes nothing
more, answers what it has in hand, and ends.
`

/** `postern agent`: the process beside the directory. */
export function agentCommand(): Command {
  const run = new Command('run')
    .description('run an agent until it is told to stop')
    .requiredOption('-c, --config <file>', 'its settings')
    .addHelpText('after', examples)
    .action(async ({ config }: { config: string }) => {
      const { runAgent } = await import('../agent-run.ts')
      await untilSignal(() => runAgent(config))
    })
  return new Command('agent')
    .description('run an agent, which checks passwords beside the directory')
    .addCommand(run)
}
