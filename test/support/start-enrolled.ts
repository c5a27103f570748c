import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { freePort } from './free-port.ts'
import { type PosternProcess, startPostern } from './postern-process.ts'
import { runPostern } from './run-postern.ts'
import { type OpenldapServer, startOpenldap } from './start-openldap.ts'
import { type RedisServer, startRedis } from './start-redis.ts'

/** A provider with one agent that was enrolled by the commands an admin has, and does not run. */
export interface Enrolled extends AsyncDisposable {
  readonly folder: string
  readonly issuer: string
  readonly redis: RedisServer
  readonly directory: OpenldapServer
  readonly provider: PosternProcess
  /** The agent's settings file. */
  readonly config: string
  /** `postern …` with the provider's settings; gives what it prints as JSON. */
  admin(...command: string[]): Promise<Record<string, unknown>>
  /** As an admin who has compared the fingerprint does. */
  approve(): Promise<void>
  /** Another settings file of the agent, with changes to this one; gives its name. */
  changed(change: (settings: AgentYaml) => void): Promise<string>
}

export type AgentYaml = Record<string, unknown> & {
  redis: Record<string, unknown>
  realms: { backend: Record<string, unknown> & { urls: string[] } }[]
}

export async function startEnrolled(): Promise<Enrolled> {
  await using ends = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'postern-enrolled-'))
  ends.defer(() => rm(folder, { recursive: true, force: true }))
  const redis = ends.use(await startRedis())
  const directory = ends.use(await startOpenldap())
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  await writeProvider(folder, { issuer, port, redis })
  const providerFile = join(folder, 'provider.yaml')
  const provider = ends.use(startPostern(['serve', '--config', providerFile]))
  await provider.says('provider ready')

  const admin = async (...command: string[]) => {
    return said(await runPostern([...command, '--config', providerFile, '--json']))
  }
  const config = join(folder, 'agent.yaml')
  await writeFile(config, stringify(agentSettings(directory)), { mode: 0o600 })
  const { code } = await admin('agents', 'invite', '--realm', 'lab', '--name', 'agent-1')
  const enrol = ['agent', 'enrol', '--issuer', issuer, '--code', String(code)]
  said(await runPostern([...enrol, '--config', config, '--json']))
  const started = ends.move()
  let changes = 0
  return {
    folder,
    issuer,
    redis,
    directory,
    provider,
    config,
    admin,
    approve: async () => {
      const { fingerprint } = await admin('agents', 'show', 'agent-1')
      await admin('agents', 'approve', 'agent-1', '--fingerprint', String(fingerprint))
    },
    changed: async (change) => {
      const settings = parse(await readFile(config, 'utf8')) as AgentYaml
      change(settings)
      changes += 1
      const file = join(folder, `changed-${changes}.yaml`)
      await writeFile(file, stringify(settings), { mode: 0o600 })
      return file
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

function said({ code, stdout, stderr }: Awaited<ReturnType<typeof runPostern>>) {
  if (code !== 0) throw new Error(`${stdout}${stderr}`)
  return JSON.parse(stdout) as Record<string, unknown>
}

async function writeProvider(
  folder: string,
  { issuer, port, redis }: { issuer: string; port: number; redis: RedisServer },
): Promise<void> {
  for (const [kind, file] of Object.entries({
    data: 'data.key',
    channel: 'channel.pem',
    authority: 'authority',
  })) {
    const { code, stderr } = await runPostern(['keys', 'create', kind, join(folder, file)])
    if (code !== 0) throw new Error(stderr)
  }
  await mkdir(join(folder, 'clients'))
  const settings = {
    issuer,
    listen: { host: '127.0.0.1', port },
    redis: { url: redis.url },
    dataKeyFile: 'data.key',
    channelKeyFile: 'channel.pem',
    realms: [{ name: 'lab', suffixes: ['lab.test'], default: true }],
    clientsDirectory: 'clients',
    organization: { name: 'Lab' },
  }
  await writeFile(join(folder, 'provider.yaml'), stringify(settings), { mode: 0o600 })
}

function agentSettings(directory: OpenldapServer) {
  const backend = {
    type: 'ldap',
    urls: [directory.ldapsUrl],
    caFile: directory.caFile,
    bindDn: directory.serviceDn,
    bindPasswordFile: directory.servicePasswordFile,
    baseDn: directory.baseDn,
  }
  return { realms: [{ name: 'lab', suffixes: ['lab.test'], backend }] }
}
