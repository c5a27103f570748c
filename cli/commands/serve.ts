import { Command } from 'commander'
import { untilSignal } from '../until-signal.ts'

const examples = `
Examples:
  $ postern serve --config /etc/postern/provider.yaml

It writes its log to standard output, one JSON object a line, and ends at SIGTERM or SIGINT
when the requests in hand are answered.
`

/** `postern serve`: the identity provider. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the identity provider')
    .requiredOption('-c, --config <file>', 'its settings')
    .addHelpText('after', examples)
    .action(async ({ config }: { config: string }) => {
      const { serve } = await import('../serve.ts')
      await untilSignal(() => serve(config))
    })
}
