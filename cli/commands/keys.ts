import { Argument, Command } from 'commander'
import type { ListedKey } from '../../provider/oidc/signing-keys.ts'
import { columns } from '../columns.ts'
import type { KeyKind } from '../key-file.ts'
import { utcTime } from '../utc-time.ts'

const kinds: readonly KeyKind[] = ['channel', 'agent', 'data']

const examples = `
Examples:
  $ postern keys create channel /etc/postern/channel.pem   the provider's; agents pin its public half
  $ postern keys create agent /etc/postern/agent.pem       an agent's; the provider pins its public half
  $ postern keys create data /etc/postern/data.key         seals what the provider stores
  $ postern keys public /etc/postern/channel.pem           print the public half again
  $ postern keys rotate --config /etc/postern/provider.yaml
`

/** `postern keys`: key files of the channel, and the keys that sign tokens. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('make key files, show their public halves, rotate the keys that sign tokens')
    .addHelpText('after', examples)
    .addCommand(createCommand())
    .addCommand(publicCommand())
    .addCommand(listCommand())
    .addCommand(rotateCommand())
}

function createCommand(): Command {
  return new Command('create')
    .description('make a new key file that only its owner can read; never overwrites one')
    .addArgument(new Argument('<kind>', 'what it is for').choices(kinds))
    .argument('<file>', 'where to write it')
    .option('--json', 'print one JSON object')
    .action(async (kind: KeyKind, file: string, options: { json?: true }) => {
      const { createKeyFile } = await import('../key-file.ts')
      const publicKey = await createKeyFile(kind, file)
      if (options.json) console.log(JSON.stringify({ kind, file, publicKey }))
      else console.log(created(kind, file, publicKey))
    })
}

function created(kind: KeyKind, file: string, publicKey: string | undefined): string {
  const made = `${file}: made, readable by its owner alone.`
  if (publicKey === undefined) {
    return `${made}\nKeep a copy in a safe place: what it has sealed cannot be read without it.`
  }
  const pin = kind === 'channel' ? "providerPublicKey in an agent's settings" : publicKeyOfAgent
  return `${made}\nIts public half, for ${pin}:\n${publicKey}`
}

const publicKeyOfAgent = "this agent's publicKey in the provider's settings"

function publicCommand(): Command {
  return new Command('public')
    .description('print the public half of a channel or agent key, as settings pin it')
    .argument('<file>', 'a file made by `postern keys create`')
    .action(async (file: string) => {
      const { readPublicKey } = await import('../key-file.ts')
      console.log(await readPublicKey(file))
    })
}

function listCommand(): Command {
  return tokenKeysCommand('list', 'list the keys that sign tokens', async (config) => {
    const { listTokenKeys } = await import('../token-keys.ts')
    return listTokenKeys(config)
  })
}

function rotateCommand(): Command {
  const description = 'make new keys that sign tokens; what the old ones signed stays good'
  return tokenKeysCommand('rotate', description, async (config) => {
    const { rotateTokenKeys } = await import('../token-keys.ts')
    return rotateTokenKeys(config)
  })
}

function tokenKeysCommand(
  name: string,
  description: string,
  run: (config: string) => Promise<readonly ListedKey[]>,
): Command {
  return new Command(name)
    .description(description)
    .requiredOption('-c, --config <file>', "the provider's settings")
    .option('--json', 'print one JSON object')
    .action(async ({ config, json }: { config: string; json?: true }) => {
      const keys = await run(config)
      console.log(json ? JSON.stringify({ keys }) : tokenKeyTable(keys))
    })
}

function tokenKeyTable(keys: readonly ListedKey[]): string {
  if (keys.length === 0) return 'There are none yet: the provider makes them when it first starts.'
  const rows = keys.map(({ alg, state, signsFrom, kid }) => [alg, state, utcTime(signsFrom), kid])
  return columns([['algorithm', 'state', 'signs from', 'key id'], ...rows], '')
}
