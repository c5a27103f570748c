import { Command } from 'commander'

const examples = `
Examples:
  $ postern break-glass create night-safe --config provider.yaml      prints its passphrase, once
  $ postern break-glass create night-safe --group admins --config provider.yaml
  $ postern break-glass list --config provider.yaml
  $ postern break-glass remove night-safe --config provider.yaml      whoever is signed in with it is out

The accounts are in the file that breakGlass.accountsFile in provider.yaml names, on this host. Copy
it to every host that runs the provider.
`

interface Flags {
  readonly config: string
  readonly json?: true
}

/** `postern break-glass`: accounts that need no agent, for emergencies. */
export function breakGlassCommand(): Command {
  return new Command('break-glass')
    .description('accounts for emergencies, which need no agent and which no policy applies to')
    .addHelpText('after', examples)
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand())
}

function createCommand(): Command {
  return withConfig('create', 'make an account, and print its passphrase: it is never shown again')
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .option('--group <names...>', 'what apps are told that it belongs to', [])
    .action(async (name: string, { config, group, json }: Flags & { group: string[] }) => {
      const { createAccount } = await import('../break-glass.ts')
      const made = await createAccount(config, { name, groups: group })
      if (json) console.log(JSON.stringify(made))
      else console.log(createdText(made))
    })
}

function createdText(made: { file: string; userName: string; passphrase: string }): string {
  return [
    `User name:   ${made.userName}`,
    `Passphrase:  ${made.passphrase}`,
    '',
    'Write it down and lock it away: it is in no file, and nobody can print it again. Sign in with it',
    'once, to see that it works and that everybody hears of it. Copy the file to every host that runs',
    `the provider: ${made.file}`,
  ].join('\n')
}

function listCommand(): Command {
  return withConfig('list', 'list the accounts').action(async ({ config, json }: Flags) => {
    const { listAccounts } = await import('../break-glass.ts')
    const accounts = await listAccounts(config)
    if (json) return console.log(JSON.stringify({ accounts }))
    if (accounts.length === 0) return console.log('There are none.')
    const { columns } = await import('../columns.ts')
    const rows = accounts.map(({ userName, createdAt, sub }) => [userName, createdAt, sub])
    console.log(columns([['user name', 'made', 'sub'], ...rows], ''))
  })
}

function removeCommand(): Command {
  return withConfig('remove', 'remove an account, and end what rests on it')
    .argument('<name>', 'what stands before @break-glass')
    .action(async (name: string, { config, json }: Flags) => {
      const { removeAccount } = await import('../break-glass.ts')
      const { file } = await removeAccount(config, name)
      if (json) console.log(JSON.stringify({ name, file }))
      else
        console.log(`${name}: removed from ${file}. Copy it to every host that runs the provider.`)
    })
}

function withConfig(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('-c, --config <file>', "the provider's settings")
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples)
}
