import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { parse, stringify } from 'yaml'
import type { Finding } from '../../agent/doctor/report.ts'
import type { RevocationReport } from '../../provider/agents/administration.ts'
import { openAuthority } from '../../provider/agents/authority-folder.ts'
import type { AgentStatus, AgentsStatus } from '../../provider/agents/status.ts'
import { systemClock } from '../../shared/clock.ts'
import { createTestAuthority } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { type PosternProcess, startPostern } from '../support/postern-process.ts'
import { createRelyingParty, type RelyingParty } from '../support/relying-party.ts'
import { runPostern } from '../support/run-postern.ts'
import { type OpenldapServer, startOpenldap } from '../support/start-openldap.ts'
import { type RedisServer, startRedis } from '../support/start-redis.ts'
import { startTinyproxy, type Tinyproxy } from '../support/start-tinyproxy.ts'

const secret = 'sesame'
// A stream, in the log of all that Redis is told to do.
const requests = /^postern:agent:([a-z0-9-]+):requests$/

describe('two agents from their invitation to their end, by commands, over TLS', function () {
  this.timeout(60_000)

  let ends: AsyncDisposableStack
  let folder: string
  let redis: RedisServer & { readonly ca: string }
  let directory: OpenldapServer
  let tinyproxy: Tinyproxy
  let looker: Redis
  let issuer: string
  let provider: PosternProcess
  let party: RelyingParty
  const running: Record<string, PosternProcess> = {}
  const fingerprints: Record<string, string> = {}
  /** Each question that was put into an agent's stream, by the clock of Redis. */
  const asked: { readonly agent: string; readonly at: number }[] = []

  before(async () => {
    ends = new AsyncDisposableStack()
    folder = await mkdtemp(join(tmpdir(), 'postern-two-agents-'))
    ends.defer(() => rm(folder, { recursive: true, force: true }))
    await writeFile(join(folder, 'password'), secret, { mode: 0o600 })
    tinyproxy = ends.use(await startTinyproxy({ username: 'two', password: secret }))
    directory = ends.use(await startOpenldap())
    redis = ends.use(await startTlsRedis(folder))
    looker = open()
    await followQuestions()
    issuer = await writeProvider(folder, redis)
    const keys = { data: 'data.key', channel: 'channel.pem', authority: 'authority' }
    await Promise.all(Object.entries(keys).map((kind) => postern('keys', 'create', ...kind)))
    provider = ends.use(startPostern(['serve', '--config', join(folder, 'provider.yaml')]))
    await provider.says('provider ready')
    party = await createRelyingParty(issuer, { clientId: 'app', clientSecret: secret })
  })
  after(() => ends.disposeAsync())

  function open(): Redis {
    const login = { username: 'looker', password: secret, tls: { ca: redis.ca } }
    const once = { retryStrategy: () => null }
    const client = new Redis({ host: '127.0.0.1', port: redis.port, ...login, ...once })
    ends.defer(() => client.disconnect())
    return client
  }

  async function followQuestions(): Promise<void> {
    const monitor = await open().monitor()
    ends.defer(() => monitor.disconnect())
    monitor.on('monitor', (time: string, [command = '', key = '']: string[]) => {
      const agent = requests.exec(key)?.[1]
      if (agent !== undefined && /^xadd$/i.test(command)) {
        asked.push({ agent, at: Number(time) * 1_000 })
      }
    })
  }

  /** What `postern …` prints; it must have done what it was told. */
  async function postern(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runPostern(args, { cwd: folder })
    expect({ code, stderr }, args.join(' ')).to.deep.equal({ code: 0, stderr: '' })
    return stdout
  }
  const agents = async <T>(...args: string[]): Promise<T> =>
    JSON.parse(
      await postern('agents', ...args, '--config', join(folder, 'provider.yaml'), '--json'),
    ) as T
  const list = () => agents<AgentsStatus>('list')
  const settingsOf = (name: string) => join(folder, name, 'agent.yaml')

  async function invite(name: string, ...more: string[]): Promise<string> {
    const { code } = await agents<{ code: string }>(
      'invite',
      '--realm',
      'lab',
      '--name',
      name,
      ...more,
    )
    return code
  }

  async function enrol(name: string, code: string, ...more: string[]): Promise<void> {
    const options = ['--issuer', issuer, '--code', code, '--config', settingsOf(name), '--json']
    const enrolled = await postern('agent', 'enrol', ...options, ...more)
    fingerprints[name] = (JSON.parse(enrolled) as { fingerprint: string }).fingerprint
  }

  async function run(name: string): Promise<void> {
    running[name] = ends.use(startPostern(['agent', 'run', '--config', settingsOf(name)]))
    await running[name].says('agent ready', 20_000)
  }

  async function diagnosis(name: string): Promise<{ code: number; findings: Finding[] }> {
    const args = ['agent', 'doctor', '--config', settingsOf(name), '--user', 'ok', '--json']
    const { code, stdout } = await runPostern(args)
    return { code, findings: (JSON.parse(stdout) as { findings: Finding[] }).findings }
  }

  const signIn = () => party.signIn('ok@lab.test', directory.password)
  /** Whom ten people who sign in at once have asked, so that no agent alone is the quickest. */
  async function askedByMany(): Promise<Set<string>> {
    const before = asked.length
    const results = await Promise.all(Array.from({ length: 10 }, signIn))
    expect(new Set(results.map(({ kind }) => kind))).to.deep.equal(new Set(['tokens']))
    await eventually(() => asked.length >= before + 10)
    return new Set(asked.slice(before).map(({ agent }) => agent))
  }
  /** Signs in again and again for as long as something takes. */
  async function signingInDuring<T>(doing: Promise<T>) {
    const over = new AbortController()
    const isDone = doing.finally(() => over.abort())
    const ended: string[] = []
    while (!over.signal.aborted) ended.push((await signIn()).kind)
    return { report: await isDone, ended }
  }

  it('enrols one by options, and one through a proxy by its settings', async () => {
    const [one, two] = await Promise.all([
      invite('one', '--network', '127.0.0.1'),
      // What an agent behind a proxy comes from is the proxy.
      invite('two', '--network', `${tinyproxy.address}/32`),
    ])
    await Promise.all(['one', 'two'].map((name) => mkdir(join(folder, name))))
    await writeFile(
      settingsOf('two'),
      stringify({
        proxy: { url: tinyproxy.url, username: 'two', passwordFile: '../password' },
        realms: [{ name: 'lab', suffixes: ['lab.test'], backend: backendOf(directory) }],
      }),
    )
    await Promise.all([enrol('one', one, ...optionsOf(directory)), enrol('two', two)])
    const { port } = new URL(issuer)
    expect(tinyproxy.tunnels()).to.deep.equal([`localhost:${port}`])
    for (const name of ['one', 'two']) {
      const settings = parse(await readFile(settingsOf(name), 'utf8')) as Written
      expect(settings.redis).to.include({ url: redis.url, username: `agent-${name}` })
      const ca = await readFile(join(folder, name, settings.redis.caFile), 'utf8')
      expect(ca.trim(), 'it has come with the answer').to.equal(redis.ca.trim())
    }
  })

  it('asks neither before they are approved', async () => {
    await run('one')
    await provider.says('agent heard')
    const { agents: found, realms } = await list()
    expect(found.map(brief)).to.deep.equal([
      { name: 'one', state: 'pending', health: 'live', warnings: ['pendingApproval'] },
      { name: 'two', state: 'pending', health: 'silent', warnings: ['pendingApproval'] },
    ])
    expect(realms.map(({ live }) => live)).to.deep.equal([0])
    expect((await signIn()).kind).to.equal('page')
    expect(asked).to.deep.equal([])
  })

  it('approves both by their fingerprints; their doctors find nothing wrong', async () => {
    const approve = (name: string) =>
      agents('approve', name, '--fingerprint', fingerprints[name] ?? '')
    await Promise.all(['one', 'two'].map(approve))
    for (const { findings, code } of await Promise.all(['one', 'two'].map(diagnosis))) {
      expect(findings.filter(({ state }) => state !== 'ok')).to.deep.equal([])
      expect(code).to.equal(0)
    }
  })

  it('lets a person in, by both', async () => {
    await run('two')
    await running['one']?.says('there is a new certificate')
    await eventually(async () => {
      expect(await askedByMany()).to.deep.equal(new Set(['one', 'two']))
    })
    const { agents: found, realms, warnings } = await list()
    expect(found.map(brief)).to.deep.equal([
      { name: 'one', state: 'approved', health: 'live', warnings: [] },
      { name: 'two', state: 'approved', health: 'live', warnings: [] },
    ])
    expect(found.map(({ address }) => address)).to.deep.equal(['127.0.0.1', tinyproxy.address])
    expect(realms.map(({ live }) => live)).to.deep.equal([2])
    expect(warnings).to.deep.equal([])
    expect(tinyproxy.tunnels()).to.include(`127.0.0.1:${redis.port}`)
  })

  it('lets the next person in when one is killed', async () => {
    await running['one']?.stop('SIGKILL')
    expect((await signIn()).kind).to.equal('tokens')
    await eventually(
      async () => {
        const { agents: found, realms } = await list()
        expect(found.map(({ health }) => health)).to.deep.equal(['gone', 'live'])
        expect(realms[0]).to.deep.include({ live: 1 })
        expect(realms[0]?.warnings.map(({ name }) => name)).to.deep.equal(['singleAgent'])
      },
      { within: 20_000 },
    )
    await run('one')
  })

  it('asks a drained one nothing, until it is undrained', async () => {
    expect(await agents('drain', 'two')).to.include({ state: 'draining' })
    await eventually(async () => {
      expect(await askedByMany()).to.deep.equal(new Set(['one']))
    })
    expect(await askedByMany()).to.deep.equal(new Set(['one']))
    expect((await list()).agents.map(brief)).to.deep.equal([
      { name: 'one', state: 'approved', health: 'live', warnings: [] },
      { name: 'two', state: 'draining', health: 'live', warnings: [] },
    ])
    expect(await agents('undrain', 'two')).to.include({ state: 'approved' })
    await eventually(async () => {
      expect(await askedByMany()).to.deep.equal(new Set(['one', 'two']))
    })
  })

  it('says in its log that the proxy is gone, and is asked again when that is back', async () => {
    await tinyproxy.kill()
    await running['two']?.says('the HTTP proxy cannot be reached or refuses')
    expect((await signIn()).kind).to.equal('tokens')
    await tinyproxy.restart()
    await running['two']?.says('no more: the HTTP proxy cannot be reached or refuses', 20_000)
    await eventually(async () => {
      expect(await askedByMany()).to.deep.equal(new Set(['one', 'two']))
    })
  })

  it('asks a revoked one nothing from within a second on; Redis does not know it', async () => {
    const { ended, report } = await signingInDuring(agents<RevocationReport>('revoke', 'two'))
    expect(report.silent).to.deep.equal([])
    expect(report.confirmed.map(({ name }) => name)).to.deep.equal([
      `${hostname()}:${provider.pid}`,
    ])
    expect(await looker.acl('USERS'))
      .to.include('agent-one')
      .and.not.to.include('agent-two')
    const { journal } = await openAuthority(join(folder, 'authority'), systemClock)
    const [revocation] = (await journal.read()).revocations
    const last = asked.findLast(({ agent }) => agent === 'two')?.at
    expect(revocation).to.include({ name: 'two' })
    expect(last).to.be.lessThan((revocation?.at ?? 0) + 1_000)
    expect(ended.length, 'sign-ins while it was revoked').to.be.greaterThan(1)
  })

  it('ends it; its doctor says why, and the other one lets people in', async () => {
    expect(await running['two']?.stop('SIGHUP')).to.equal(3)
    const { code, findings } = await diagnosis('two')
    expect(code).to.equal(1)
    const problems = findings.filter(({ state }) => state === 'problem')
    expect(problems.map(({ check }) => check)).to.deep.equal(['redis', 'approval'])
    expect(problems[0]?.says).to.contain('does not accept the user name or the password')
    expect(problems[1]?.says).to.contain('the agent is revoked')
    expect(await askedByMany()).to.deep.equal(new Set(['one']))
    expect((await list()).agents.map(brief)).to.deep.equal([
      { name: 'one', state: 'approved', health: 'live', warnings: [] },
      { name: 'two', state: 'revoked', health: 'silent', warnings: [] },
    ])
  })

  it('forgets it when it is removed', async () => {
    expect((await agents<RevocationReport>('remove', 'two')).silent).to.deep.equal([])
    expect((await list()).agents.map(({ name }) => name)).to.deep.equal(['one'])
    expect((await signIn()).kind).to.equal('tokens')
  })
})

function brief({ name, state, health, warnings }: AgentStatus) {
  return { name, state, health, warnings: warnings.map((warning) => warning.name) }
}

/** What an enrolment has written into the settings. */
interface Written {
  readonly redis: { readonly url: string; readonly username: string; readonly caFile: string }
}

/** With the provider's user as the documentation has it, and one who looks on. */
async function startTlsRedis(folder: string): Promise<RedisServer & { readonly ca: string }> {
  const authority = await createTestAuthority(folder)
  await authority.issue('redis')
  const documentation = fileURLToPath(new URL('../../docs/running.md', import.meta.url))
  const user = /^user postern on .*$/m.exec(await readFile(documentation, 'utf8'))?.[0] ?? ''
  const users = ['user default off', user.replace('>PASSWORD', `>${secret}`)]
  users.push(`user looker on >${secret} -@all +monitor +acl|users +info`)
  const aclFile = join(folder, 'users.acl')
  await writeFile(aclFile, `${users.join('\n')}\n`)
  const [caFile, certFile, keyFile] = ['ca.pem', 'redis.pem', 'redis.key'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const server = await startRedis({
    tls: { caFile, certFile, keyFile, asksForCertificate: false },
    args: ['--aclfile', aclFile, '--appendonly', 'yes'],
  })
  return { ...server, ca: await readFile(caFile, 'utf8') }
}

/** @returns the issuer */
async function writeProvider(folder: string, redis: RedisServer): Promise<string> {
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const settings = {
    issuer,
    listen: { host: '127.0.0.1', port },
    redis: { url: redis.url, username: 'postern', passwordFile: 'password', caFile: 'ca.pem' },
    dataKeyFile: 'data.key',
    channelKeyFile: 'channel.pem',
    realms: [{ name: 'lab', suffixes: ['lab.test'], default: true }],
    clientsDirectory: 'clients',
    organization: { name: 'Lab' },
  }
  await writeFile(join(folder, 'provider.yaml'), stringify(settings), { mode: 0o600 })
  const app = {
    client_id: 'app',
    client_secret_file: '../password',
    loopback_redirects: true,
    first_party: true,
  }
  await mkdir(join(folder, 'clients'))
  await writeFile(join(folder, 'clients/app.yaml'), stringify(app))
  return issuer
}

function backendOf(directory: OpenldapServer) {
  return {
    type: 'ldap',
    urls: [directory.ldapsUrl],
    caFile: directory.caFile,
    bindDn: directory.serviceDn,
    bindPasswordFile: directory.servicePasswordFile,
    baseDn: directory.baseDn,
  }
}

function optionsOf(directory: OpenldapServer): string[] {
  return Object.entries({
    '--ldap-url': directory.ldapsUrl,
    '--ca-file': directory.caFile,
    '--base-dn': directory.baseDn,
    '--bind-dn': directory.serviceDn,
    '--bind-password-file': directory.servicePasswordFile,
  }).flat()
}
