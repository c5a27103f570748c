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

  /** The rules of Redis, with the password that stands in the file. */
  async function applyRules(): Promise<void> {
    const admin = new Redis(redis.url)
    for (const line of block('text', 'user postern').trim().split('\n')) {
      const [, name = '', ...rules] = line.split(' ')
      const set = rules.map((rule) => rule.replace('PASSWORD', 'of-the-provider'))
      await admin.call('ACL', 'SETUSER', name, ...set)
    }
    admin.disconnect()
  }

  it('leads to a provider and an agent that sign somebody in', async () => {
    const write = (name: string, text: string) =>
      writeFile(join(folder, name), text, { mode: 0o600 })
    const port = await freePort()
    const issuer = `http://localhost:${port}`

    const tell = async (args: readonly string[] = []): Promise<string> => {
      const { code, stdout, stderr } = await runPostern(args, { cwd: folder })
      expect(code, `${args.join(' ')}\n${stdout}${stderr}`).to.equal(0)
      return stdout
    }
    const command = (...words: string[]) =>
      commands.find((args) => words.every((word, at) => args[at] === word)) ?? []

    const keys = commands.filter((args) => args[0] === 'keys' && args[1] === 'create')
    expect(keys.map((args) => args[2])).to.deep.equal(['data', 'channel', 'authority'])
    for (const args of keys) await tell(args)

    // The settings, with this machine's addresses.
    const provider = block('yaml', 'issuer:')
      .replace('https://id.corp.example', issuer)
      .replace('8080', String(port))
      .replace('redis://127.0.0.1:6379', redis.url)
    const agentSettings = block('yaml', 'backend:')
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
    ])
    await applyRules()

    // The provider, then an agent.
    await tell(command('check', 'provider.yaml'))
    processes.push(startPostern(command('serve'), { cwd: folder }))
    const [running] = processes
    await running?.says('provider ready')
    const [code = ''] = (await tell(command('agents', 'invite'))).split('\n')
    const enrol = command('agent', 'enrol').map((word) =>
      word === 'https://id.corp.example' ? issuer : word.replace('CODE', code),
    )
    const enrolled = await tell(enrol)
    await tell(command('check', 'agent.yaml'))
    processes.push(startPostern(command('agent', 'run'), { cwd: folder }))
    const [, beside] = processes
    await Promise.all([running?.says('agent heard'), beside?.says('agent ready')])
    const [, fingerprint = ''] = /fingerprint of its key:\n +(.+)\n/.exec(enrolled) ?? []
    // The example is quoted, and so one word to a shell.
    const approve = command('agents', 'approve').map((word) =>
      word.replace("'FINGERPRINT'", fingerprint),
    )
    await tell(approve)
    await beside?.says('there is a new certificate')
    expect(await tell(command('agents', 'list'))).to.match(/^corp-1 +corp +approved +live /m)
    await eventually(() => running?.output().includes('agent heard') === true)

    const party = await createRelyingParty(issuer, { clientId: 'orders', clientSecret: 'a-secret' })
    const signIn = () => party.signIn('ok@corp.example', directory.password)
    await eventually(async () => (await signIn()).kind === 'tokens')

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
