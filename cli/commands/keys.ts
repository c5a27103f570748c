import { Argument, Command } from 'commander'
import type { ListedKey } from '../../provider/oidc/signing-keys.ts'
import { Fault } from '../../shared/fault.ts'
import { columns } from '../columns.ts'
import type { KeyKind } from '../key-file.ts'
import type { RotatedKeys } from '../key-rotation.ts'
import { utcTime } from '../utc-time.ts'

const kinds: readonly (KeyKind | 'authority')[] = ['channel', 'data', 'authority']
const rotated = ['channel', 'data', 'authority'] as const

const examples = `
Examples:
  $ postern keys create channel /etc/postern/channel.pem      agents pin its public half when they enrol
  $ postern keys create authority /etc/postern/authority      certifies agents; a folder
  $ postern keys create data /etc/postern/data.key            seals what the provider stores
  $ postern keys public /etc/postern/channel.pem              print the public half again
  $ postern keys rotate --config /etc/postern/provider.yaml   the keys that sign tokens
  $ postern keys rotate channel /etc/postern/channel.pem      agents learn the new one within an hour
  $ postern keys retire channel /etc/postern/channel.pem --config /etc/postern/provider.yaml
  $ postern keys rotate authority /etc/postern/authority
  $ postern keys rotate data /etc/postern/data.key            copy the file to every provider, then
  $ postern keys retire data /etc/postern/data.key --config /etc/postern/provider.yaml
`

/** `postern keys`: key files of the channel, the authority of agents, the keys that sign tokens. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('make keys, show their public halves, put new ones in their place')
    .addHelpText('after', examples)
    .addCommand(createCommand())
    .addCommand(publicCommand())
    .addCommand(listCommand())
    .addCommand(rotateCommand())
    .addCommand(retireCommand())
}

function createCommand(): Command {
  return new Command('create')
    .description('make a new key that only its owner can read; never overwrites one')
    .addArgument(new Argument('<kind>', 'what it is for').choices(kinds))
    .argument('<file>', 'where to write it; for an authority, a folder')
    .option('--json', 'print one JSON object')
    .action(async (kind: KeyKind | 'authority', file: string, options: { json?: true }) => {
      const publicKey = kind === 'authority' ? await authority(file) : await keyFile(kind, file)
      if (options.json) console.log(JSON.stringify({ kind, file, publicKey }))
      else console.log(created(kind, file, publicKey))
    })
}

async function keyFile(kind: KeyKind, file: string): Promise<string | undefined> {
  const { createKeyFile } = await import('../key-file.ts')
  return createKeyFile(kind, file)
}

async function authority(folder: string): Promise<undefined> {
  const { createAuthorityFolder } = await import('../../provider/agents/authority-folder.ts')
  const { systemClock } = await import('../../shared/clock.ts')
  await createAuthorityFolder(folder, systemClock)
}

function created(kind: KeyKind | 'authority', file: string, publicKey: string | undefined): string {
  const made = `${file}: made, readable by its owner alone.`
  if (kind === 'data') {
    return `${made}\nKeep a copy in a safe place: what it has sealed cannot be read without it.`
  }
  if (kind === 'authority') {
    return `${made}\nKeep a copy in a safe place: whoever has it can make agents, and without it all enrol again.`
  }
  return `${made}\nIts public half, which agents pin when they enrol:\n${publicKey}`
}

function publicCommand(): Command {
  return new Command('public')
    .description('print the public half of a channel key, as agents pin it')
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

interface RotateFlags {
  readonly config?: string
  readonly json?: true
}

function rotateCommand(): Command {
  return new Command('rotate')
    .description('put a new key in the place of one; what the old one has signed stays good')
    .addArgument(
      new Argument('[kind]', 'which; the keys that sign tokens unless given').choices(rotated),
    )
    .argument('[path]', 'the file of the channel or data key, or the folder of the authority')
    .option('-c, --config <file>', "the provider's settings, for the keys that sign tokens")
    .option('--json', 'print one JSON object')
    .action(
      async (kind: (typeof rotated)[number] | undefined, path: string, flags: RotateFlags) => {
        if (kind === undefined) return rotateTokens(flags)
        if (path === undefined)
          throw new Fault('settings', `which ${kind}? Name its file or folder`)
        if (kind === 'authority') return rotateAuthority(path, flags)
        if (kind === 'data') return rotateData(path, flags)
        const { rotateChannelKey } = await import('../key-rotation.ts')
        const done = await rotateChannelKey(path)
        console.log(flags.json ? JSON.stringify(done) : keysText(done, 'New', whenKnown))
      },
    )
}

const whenKnown =
  'Agents that run learn of it within the hour; `postern keys retire channel` then ends the old one.'

async function rotateTokens({ config, json }: RotateFlags): Promise<void> {
  if (config === undefined) {
    throw new Fault(
      'settings',
      'keys rotate needs --config, or channel FILE, or data FILE, or authority FOLDER',
    )
  }
  const { rotateTokenKeys } = await import('../token-keys.ts')
  const keys = await rotateTokenKeys(config)
  console.log(json ? JSON.stringify({ keys }) : tokenKeyTable(keys))
}

async function rotateData(file: string, { json }: RotateFlags): Promise<void> {
  const { rotateDataKey } = await import('../data-key-rotation.ts')
  const done = await rotateDataKey(file)
  console.log(json ? JSON.stringify(done) : keysText(done, 'New', whenCopied))
}

const whenCopied =
  'It seals nothing yet. Copy the file to the other providers; `postern keys retire data` then moves all that is kept.'

async function rotateAuthority(folder: string, { json }: RotateFlags): Promise<void> {
  const { rotateAuthorityFolder } = await import('../../provider/agents/authority-folder.ts')
  const { systemClock } = await import('../../shared/clock.ts')
  await rotateAuthorityFolder(folder, systemClock)
  const text = `${folder}: another key certifies from now on; what the old one has certified is good until it ends.`
  console.log(json ? JSON.stringify({ folder }) : text)
}

function retireCommand(): Command {
  return new Command('retire')
    .description('take old keys out of their file, once all who need it know the new one')
    .addArgument(new Argument('<kind>').choices(['channel', 'data']))
    .argument('<file>', 'made by `postern keys create`')
    .requiredOption('-c, --config <file>', "the provider's settings, to ask the agents")
    .option('--force', 'of the channel: also if agents would have to enrol again')
    .option('--json', 'print one JSON object')
    .action(async (kind: string, file: string, flags: RetireFlags) =>
      kind === 'data' ? retireData(file, flags) : retireChannel(file, flags),
    )
}

interface RetireFlags {
  readonly config: string
  readonly force?: true
  readonly json?: true
}

async function retireChannel(file: string, flags: RetireFlags): Promise<void> {
  const { retireChannelKeys } = await import('../key-rotation.ts')
  const { refuseWhileTrusted } = await import('../trusted-keys.ts')
  const check = async (stays: string) => {
    if (!flags.force) await refuseWhileTrusted(flags.config, stays)
  }
  const done = await retireChannelKeys(file, check)
  console.log(flags.json ? JSON.stringify(done) : keysText(done, 'Gone', ''))
}

async function retireData(file: string, { config, force, json }: RetireFlags): Promise<void> {
  if (force) throw new Fault('settings', '--force is for the channel alone')
  const { retireDataKey } = await import('../data-key-rotation.ts')
  const done = await retireDataKey(file, config)
  const then = `${done.values} values have been moved. Copy the file to the other providers.`
  console.log(json ? JSON.stringify(done) : keysText(done, 'Gone', then))
}

function keysText({ file, keys, changed }: RotatedKeys, word: string, then: string): string {
  const lines = [
    `${word}: ${changed.join(', ')}`,
    `${file} holds, newest first: ${keys.join(', ')}`,
  ]
  return [...lines, ...(then === '' ? [] : [then])].join('\n')
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
