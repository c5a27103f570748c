import { Command, CommanderError } from 'commander'
import { version } from '../shared/version.ts'
import { agentCommand } from './commands/agent.ts'
import { agentsCommand } from './commands/agents.ts'
import { breakGlassCommand } from './commands/break-glass.ts'
import { checkCommand } from './commands/check.ts'
import { factorsCommand } from './commands/factors.ts'
import { keysCommand } from './commands/keys.ts'
import { localCommand } from './commands/local.ts'
import { policyCommand } from './commands/policy.ts'
import { serveCommand } from './commands/serve.ts'
import { exitCodes, explain } from './exit.ts'

const examples = `
Examples:
  $ postern local                              try it: provider, agent, people and a demo app
  $ postern keys create channel channel.pem    make the keys that settings files name
  $ postern check provider.yaml clients/       find every mistake before a start
  $ postern policy check policies/             what is wrong with policies of conditional access
  $ postern serve --config provider.yaml       run the identity provider
  $ postern agent run --config agent.yaml      run an agent beside the directory
`

/** Does what the command line asks; `process.exitCode` says how it went. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = createProgram()
  // What breaks a process that runs can hardly be had again with --debug.
  process.on('uncaughtException', (error) => {
    report(error, true)
    process.exit()
  })
  // `postern … | head` closes our output early; that is no failure.
  process.stdout.on('error', () => process.exit())
  try {
    await program.parseAsync(argv)
  } catch (thrown) {
    report(thrown, program.opts()['debug'] === true)
  }
}

// Every command says what it is here and loads what it needs when it runs: `--help` and `local`
// must not wait for what another command imports.
function createProgram(): Command {
  const program = new Command('postern')
    .description('An OpenID Connect provider that holds no passwords: agents ask your directory.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .option('--debug', 'when something fails, show the whole error')
    .showHelpAfterError('Add --help to see what is possible.')
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'postern: ')),
    })
  const commands = [
    localCommand(),
    serveCommand(),
    agentsCommand(),
    agentCommand(),
    factorsCommand(),
    checkCommand(),
    keysCommand(),
    policyCommand(),
    breakGlassCommand(),
  ]
  for (const command of commands) program.addCommand(inherit(command, program))
  return program
}

// `addCommand` does not hand settings down as `command()` does.
function inherit(command: Command, from: Command): Command {
  command.copyInheritedSettings(from)
  for (const child of command.commands) inherit(child, command)
  return command
}

function report(thrown: unknown, debug: boolean): void {
  if (thrown instanceof CommanderError) {
    // Help and version were asked for; anything else the library has already explained.
    process.exitCode = thrown.exitCode === 0 ? 0 : exitCodes.usage
    return
  }
  const { text, code } = explain(thrown)
  console.error(text)
  if (debug) console.error(thrown)
  process.exitCode = code
}
