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

    const run = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await runPostern(args, { cwd: folder })
      expect(code, stdout + stderr).to.equal(0)
      return stdout
    }
    const runNext = (start: string, filledIn: (text: string) => string = (text) => text) => {
      const command = commands.find((words) => words.join(' ').startsWith(start)) ?? []
      return run(...command.map(filledIn))
    }

    // The keys.
    for (const kind of ['data', 'channel', 'authority']) await runNext(`keys create ${kind}`)

    // The settings, with this machine's addresses.
    const provider = block('yaml', 'dataKeyFile:')
      .replace('https://id.corp.example', issuer)
      .replace('8080', String(port))
      .replace('redis://127.0.0.1:6379', redis.url)
    const agentSettings = block('yaml', 'backend:')
      .replace('https://id.corp.example', issuer)
      .replace('redis://127.0.0.1:6379', redis.url)
      .replace('redis.password', 'agent-redis.password')
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
    const rules = block('text', 'user ')
      .trim()
      .split('\n')
      .map((line) => line.split(' ').slice(1))
    const [providerRules = [], agentRules = []] = rules
    await setUser(redis, providerRules, 'of-the-provider')
    await setUser(redis, agentRules, 'of-the-agent')

    // The provider, then the agent.
    const start = (words: string) => {
      const started = startPostern(words.split(' '), { cwd: folder })
      processes.push(started)
      return started
    }
    const starts = commands
      .map((words) => words.join(' '))
      .filter((words) => /^serve|run/.test(words))
    expect(starts).to.have.length(2)
    await runNext('check provider.yaml')
    const running = start(starts[0] ?? '')
    await running.says('provider ready')
    const [code = ''] = (await runNext('agents invite')).split('\n')
    const values: Record<string, string> = { CODE: code, 'https://id.corp.example': issuer }
    const enrolled = await runNext('agent enrol', (word) => values[word] ?? word)
    await runNext('check agent.yaml')
    const beside = start(starts[1] ?? '')
    await beside.says('agent ready')
    values['FINGERPRINT'] = /(?:[0-9a-f]{4} ){15}[0-9a-f]{4}/.exec(enrolled)?.[0] ?? ''
    await runNext('agents approve', (word) => values[word] ?? word)
    await running.says('agent heard')
    await eventually(() => beside.output().includes('there is a new certificate'), {
      within: 20_000,
    })

    const party = await createRelyingParty(issuer, { clientId: 'orders', clientSecret: 'a-secret' })
    const signIn = async () => (await party.signIn('ok@corp.example', directory.password)).kind
    // The provider hears of the new certificate with the agent's next heartbeat.
    await eventually(async () => (await signIn()) === 'tokens')

    const wrong = await party.signIn('ok@corp.example', 'wrong')
    expect(wrong).to.deep.include({ kind: 'page' })
    await eventually(() => running.output().includes('PST-101'))
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
