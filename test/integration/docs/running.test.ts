import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { type PosternProcess, startPostern } from '../../support/postern-process.ts'
import { createRelyingParty } from '../../support/relying-party.ts'
import { runPostern } from '../../support/run-postern.ts'
import { type OpenldapServer, startOpenldap } from '../../support/start-openldap.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

/** What `docs/running.md` tells an admin to do, done, on one machine. */
const page = readFileSync(new URL('../../../docs/running.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text = '']) => ({
  language,
  text,
}))

function block(language: string, mark: string): string {
  const found = blocks.find((each) => each.language === language && each.text.includes(mark))
  if (found === undefined) throw new Error(`no ${language} block with ${mark}`)
  return found.text
}

const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.trim().split('\n'))
  .filter((line) => line.startsWith('postern '))
  .map((line) => line.split(' ').slice(1))

describe('docs/running.md', function () {
  this.timeout(60_000)

  let folder: string
  let redis: RedisServer
  let directory: OpenldapServer
  const processes: PosternProcess[] = []
  before(async () => {
    redis = await startRedis()
    directory = await startOpenldap()
    folder = await mkdtemp(join(tmpdir(), 'postern-running-'))
  })
  after(async () => {
    await Promise.all(processes.map((each) => each.stop()))
    await Promise.all([redis.stop(), directory.stop()])
    await rm(folder, { recursive: true, force: true })
  })

  it('leads to a provider and an agent that sign somebody in', async () => {
    const write = (name: string, text: string) =>
      writeFile(join(folder, name), text, { mode: 0o600 })
    const port = await freePort()
    const issuer = `http://localhost:${port}`

    // The keys.
    const [data = [], channel = [], agent = []] = commands
    expect((await runPostern(data, { cwd: folder })).code).to.equal(0)
    const channelKey = lastLine((await runPostern(channel, { cwd: folder })).stdout)
    const agentKey = lastLine((await runPostern(agent, { cwd: folder })).stdout)

    // The settings, with this machine's addresses.
    const provider = block('yaml', 'issuer:')
      .replace('https://id.corp.example', issuer)
      .replace('8080', String(port))
      .replace('redis://127.0.0.1:6379', redis.url)
      .replace('PUBLIC KEY OF THE AGENT', agentKey)
    const agentSettings = block('yaml', 'identityKeyFile:')
      .replace('redis://127.0.0.1:6379', redis.url)
      .replace('redis.password', 'agent-redis.password')
      .replace('PUBLIC KEY OF THE PROVIDER', channelKey)
      .replace(
        '[ldaps://ldap1.corp.example, ldaps://ldap2.corp.example]',
        `[${directory.ldapsUrl}]`,
      )
      .replace('corp-ca.pem', directory.caFile)
      .replace('cn=postern,ou=services,dc=corp,dc=example', directory.serviceDn)
      .replace('ldap.password', directory.servicePasswordFile)
      .replace('dc=corp,dc=example', directory.baseDn)
    await mkdir(join(folder, 'clients'))
    await Promise.all([
      write('provider.yaml', provider),
      write('agent.yaml', agentSettings),
      write(
        'clients/orders.yaml',
        'client_id: orders\nclient_secret_file: ../orders.secret\n' +
          'loopback_redirects: true\nfirst_party: true\n',
      ),
      write('orders.secret', 'a-secret'),
      write('redis.password', 'of-the-provider'),
      write('agent-redis.password', 'of-the-agent'),
    ])

    // The rules of Redis.
    const rules = ['user postern', 'user agent']
      .map((user) => block('text', user).trim())
      .map((line) => line.split(' ').slice(1))
    const [providerRules = [], agentRules = []] = rules
    await setUser(redis, providerRules, 'of-the-provider')
    await setUser(redis, agentRules, 'of-the-agent')

    // The checks, then the start.
    const checks = commands.filter(([command]) => command === 'check')
    expect(checks).to.have.length(2)
    for (const check of checks) {
      const { code, stdout } = await runPostern(check, { cwd: folder })
      expect(code, stdout).to.equal(0)
    }
    const starts = commands.filter(([command]) => command === 'serve' || command === 'agent')
    expect(starts).to.have.length(2)
    for (const start of starts) processes.push(startPostern(start, { cwd: folder }))
    const [running, beside] = processes
    await Promise.all([running?.says('agent heard'), beside?.says('agent ready')])

    const party = await createRelyingParty(issuer, { clientId: 'orders', clientSecret: 'a-secret' })
    const result = await party.signIn('ok@corp.example', directory.password)
    expect(result.kind).to.equal('tokens')

    const wrong = await party.signIn('ok@corp.example', 'wrong')
    expect(wrong).to.deep.include({ kind: 'page' })
    await eventually(() => running?.output().includes('PST-101') === true)
  })

  it('keeps to the access rules of Redis', async () => {
    const log = new Redis(redis.url)
    const refused = (await log.call('ACL', 'LOG')) as unknown[]
    log.disconnect()
    expect(refused, JSON.stringify(refused)).to.deep.equal([])
    expect(processes.map((each) => each.output()).join('')).not.to.contain('NOPERM')
  })

  it('shows a line of the log as it is', async () => {
    const shown = JSON.parse(block('json', '"sign-in"')) as object
    const line =
      processes[0]
        ?.stdout()
        .split('\n')
        .find((each) => each.includes('"PST-101"')) ?? ''
    const written = JSON.parse(line) as Record<string, unknown>
    for (const [name, value] of Object.entries(shown))
      expect(written[name], name).to.be.a(typeof value)
  })

  it('rotates and lists the keys that sign tokens', async () => {
    for (const command of ['rotate', 'list']) {
      const args = ['keys', command, '--config', 'provider.yaml']
      const { code, stdout } = await runPostern(args, { cwd: folder })
      expect(code).to.equal(0)
      expect(stdout)
        .to.match(/^RS256 +next /m)
        .and.to.match(/^RS256 +signing /m)
    }
  })

  it('has a hint for every code of an outcome', async () => {
    const reference = await readFile(
      new URL('../../../docs/reference/outcomes.md', import.meta.url),
      'utf8',
    )
    const codes = [...reference.matchAll(/^\| (PST-2\d\d) \| `unavailable: (\w+)`/gm)]
    expect(codes.length).to.be.greaterThan(5)
    for (const [, code, reason] of codes) expect(page).to.contain(`| ${code} \`${reason}\` |`)
  })
})

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

async function setUser(
  server: RedisServer,
  rules: readonly string[],
  password: string,
): Promise<void> {
  const admin = new Redis(server.url)
  const [name = '', ...rest] = rules
  await admin.call(
    'ACL',
    'SETUSER',
    name,
    ...rest.map((rule) => rule.replace('PASSWORD', password)),
  )
  admin.disconnect()
}
