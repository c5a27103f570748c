import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { openAuthority } from '../../provider/agents/authority-folder.ts'
import { systemClock } from '../../shared/clock.ts'
import { certify } from './certify.ts'
import { runPostern } from './run-postern.ts'

/** A folder with settings that work, made as `docs/running.md` says: by `postern keys`. */
export interface SettingsFolder extends AsyncDisposable {
  readonly path: string
  readonly provider: string
  readonly agent: string
  write(name: string, text: string, mode?: number): Promise<string>
  read(name: string): Promise<string>
}

/** @param changes in place of, or beside, the settings that are needed at least */
export async function createSettingsFolder(
  changes: { provider?: object; agent?: object } = {},
): Promise<SettingsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'postern-settings-'))
  const write = async (name: string, text: string, mode = 0o600): Promise<string> => {
    await writeFile(join(path, name), text, { mode })
    return join(path, name)
  }
  const issuer = 'http://localhost:9000'
  const [channelKey] = await Promise.all([
    createKey(path, 'channel', 'channel.pem'),
    createKey(path, 'data', 'data.key'),
    createKey(path, 'authority', 'authority'),
    mkdir(join(path, 'clients')),
  ])
  const { authority } = await openAuthority(join(path, 'authority'), systemClock)
  const enrolled = await certify(authority, 'corp-1', ['corp'])
  await enrolled.write(join(path, 'identity'), { issuer, channelKey })
  await write('users.yaml', 'users: []\n')
  await write('clients/app.yaml', stringify(app))
  const redis = { url: 'redis://127.0.0.1:1' }
  const provider = {
    issuer,
    listen: { port: 0 },
    redis,
    dataKeyFile: 'data.key',
    channelKeyFile: 'channel.pem',
    realms: [{ name: 'corp', default: true }],
    organization: { name: 'Corp' },
    ...changes.provider,
  }
  const agent = {
    name: 'corp-1',
    redis,
    issuer,
    identityDirectory: 'identity',
    realms: [{ name: 'corp', backend: { type: 'file', file: 'users.yaml' } }],
    ...changes.agent,
  }
  return {
    path,
    provider: await write('provider.yaml', stringify(provider)),
    agent: await write('agent.yaml', stringify(agent)),
    write,
    read: (name) => readFile(join(path, name), 'utf8'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

const app = {
  client_id: 'app',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://app.example/callback'],
}

async function createKey(folder: string, kind: string, file: string): Promise<string> {
  const { stdout } = await runPostern(['keys', 'create', kind, file, '--json'], { cwd: folder })
  return (JSON.parse(stdout) as { publicKey?: string }).publicKey ?? ''
}
