import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { stringify } from 'yaml'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { type PosternProcess, startPostern } from '../../support/postern-process.ts'
import { createRelyingParty, type RelyingParty } from '../../support/relying-party.ts'
import { type Ran, runPostern } from '../../support/run-postern.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

/** The life of an agent, by the commands of both sides and with real processes. */
describe('postern agents and postern agent', function () {
  this.timeout(120_000)

  let folder: string
  let redis: RedisServer
  let issuer: string
  let provider: PosternProcess
  let agent: PosternProcess
  let party: RelyingParty
  before(async () => {
    redis = await startRedis()
    folder = await mkdtemp(join(tmpdir(), 'postern-agents-'))
    const port = await freePort()
    issuer = `http://localhost:${port}`
    await writeSettings(folder, { issuer, port, redis: redis.url })
    for (const kind of [
      ['data', 'data.key'],
      ['channel', 'channel.pem'],
      ['authority', 'authority'],
    ]) {
      expect((await run('keys', 'create', ...kind)).code).to.equal(0)
    }
    provider = startPostern(['serve', '--config', 'provider.yaml'], { cwd: folder })
    await provider.says('provider ready')
    party = await createRelyingParty(issuer, { clientId: 'app', clientSecret: 'a-secret' })
  })
  after(async () => {
    await Promise.all([agent, provider].map((each) => each[Symbol.asyncDispose]()))
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const run = (...args: string[]): Promise<Ran> => runPostern(args, { cwd: folder })
  const agents = (...args: string[]) => run('agents', ...args, '--config', 'provider.yaml')
  const json = async <T>(...args: string[]): Promise<T> => {
    const { stdout, stderr } = await agents(...args, '--json')
    expect(stderr).to.equal('')
    return JSON.parse(stdout) as T
  }
  const enrol = (code: string, ...more: string[]) =>
    run('agent', 'enrol', '--issuer', issuer, '--code', code, '--config', 'agent.yaml', ...more)
  const signIn = async () => (await party.signIn('alice', 'postern')).kind

  it('invite says of a realm that there is none', async () => {
    const { code, stderr } = await agents('invite', '--realm', 'crop')
    expect({ code, stderr }).to.deep.equal({
      code: 1,
      stderr: 'postern: crop: no realm; known: corp\n',
    })
  })

  it('enrol asks for a directory before it uses a code up', async () => {
    const ran = await run(
      'agent',
      'enrol',
      '--issuer',
      issuer,
      '--code',
      'x',
      '--config',
      'no.yaml',
    )
    expect(ran.code).to.equal(2)
    expect(ran.stderr).to.match(/give --ldap-url, --base-dn, --bind-dn, --bind-password-file, or/)
  })

  it('enrol wants https', async () => {
    const address = 'http://id.corp.example'
    const options = ['--issuer', address, '--code', 'x', '--config', 'agent.yaml']
    const { code, stderr } = await run('agent', 'enrol', ...options)
    expect(code).to.equal(2)
    expect(stderr).to.match(/^postern: --issuer must begin with https:\/\//)
  })

  it('enrol refuses a code that is none, and one of another provider', async () => {
    const { code } = await json<{ code: string }>('invite', '--realm', 'corp')
    const [secret = '', mark = ''] = code.split('.')
    const wrong = await enrol(`AAAAAAAAAAAAAAAAAAAAAA.${mark}`)
    expect(wrong.code).to.equal(3)
    expect(wrong.stderr).to.match(
      /^postern: the provider refuses: This code is wrong, used or over/,
    )
    const other = await enrol(`${secret}.AAAAAAAAAAAAAAAAAAAAAA`)
    expect(other.code).to.equal(3)
    expect((await agents('list')).stdout).to.match(/^There are no agents yet/)
  })

  it('enrol makes an identity for one user alone, and settings to run with', async () => {
    const { code } = await json<{ code: string }>('invite', '--realm', 'corp', '--name', 'corp-1')
    const enrolled = await enrol(code)
    expect(enrolled.code, enrolled.stderr).to.equal(0)
    expect(enrolled.stdout).to.match(/^Enrolled as corp-1, for the realm corp\./)
    expect((await stat(join(folder, 'identity'))).mode & 0o777).to.equal(0o700)
    expect((await stat(join(folder, 'identity/identity.key'))).mode & 0o777).to.equal(0o600)
    expect(await readFile(join(folder, 'agent.yaml'), 'utf8')).to.contain('# ours')
    const checked = await run('check', 'agent.yaml')
    expect(checked.stdout).to.equal('agent.yaml: agent, no mistakes\n')
  })

  it('enrol replaces no identity unasked', async () => {
    const { code, stderr } = await enrol('x.y')
    expect(code).to.equal(2)
    expect(stderr).to.match(/holds an identity already; --force replaces it/)
  })

  it('list shows that it waits, and nobody can sign in', async () => {
    agent = startPostern(['agent', 'run', '--config', 'agent.yaml'], { cwd: folder })
    await agent.says('agent ready')
    await agent.says('not approved yet')
    await provider.says('agent heard')
    await provider.says('Redis keeps nothing on disk')
    const { stdout } = await agents('list')
    expect(stdout).to.match(/^corp-1 +corp +pending +live +\d+\.\d+\.\d+ /m)
    expect(await signIn()).to.equal('page')
  })

  it('approve wants the whole fingerprint', async () => {
    const { fingerprint } = await json<{ fingerprint: string }>('show', 'corp-1')
    expect(agent.output(), 'the agent’s host shows the same').to.contain(fingerprint)
    expect((await agents('approve', 'corp-1')).code).to.equal(2)
    const start = await agents('approve', 'corp-1', '--fingerprint', fingerprint.slice(0, 9))
    expect(start.code).to.equal(1)
    expect(start.stderr).to.match(/^postern: that is not the fingerprint of the key that has/)
    expect(start.stderr, 'nobody copies it from here').not.to.contain(fingerprint)
    expect(await json('show', 'corp-1')).to.include({ state: 'pending' })
    const approved = await agents('approve', 'corp-1', '--fingerprint', fingerprint)
    expect(approved.stdout).to.match(/^corp-1 is approved for corp until \d{4}-/)
    await agent.says('there is a new certificate')
    await eventually(async () => (await signIn()) === 'tokens', { within: 20_000 })
  })

  it('drain asks it nothing, undrain asks it again', async () => {
    expect((await agents('drain', 'corp-1')).stdout).to.equal('corp-1 is draining.\n')
    await eventually(async () => (await signIn()) === 'page')
    expect((await agents('drain', 'corp-1')).code).to.equal(1)
    expect((await agents('undrain', 'corp-1')).stdout).to.equal('corp-1 is approved.\n')
    await eventually(async () => (await signIn()) === 'tokens')
  })

  it('rotates the channel key under sign-ins, of which none fails', async () => {
    const results: string[] = []
    const over = new AbortController()
    const signingIn = (async () => {
      while (!over.signal.aborted) results.push(await signIn())
    })()
    const { changed } = JSON.parse((await rotate()).stdout) as { changed: string[] }
    await provider.says('channel keys changed')
    const early = await retire()
    expect(early.code).to.equal(1)
    expect(early.stderr).to.match(/^postern: agents do not know the new key yet: corp-1\. /)
    process.kill(agent.pid, 'SIGHUP')
    await eventually(
      async () => {
        const { trusts } = await json<{ trusts: string[] }>('show', 'corp-1')
        return trusts[0] === changed[0]
      },
      { within: 20_000 },
    )
    expect((await retire()).code).to.equal(0)
    const count = results.length
    await eventually(() => results.length > count + 5, { within: 20_000 })
    over.abort()
    await signingIn
    expect(new Set(results)).to.deep.equal(new Set(['tokens']))
  })

  const rotate = () => run('keys', 'rotate', 'channel', 'channel.pem', '--json')
  const retire = () =>
    run('keys', 'retire', 'channel', 'channel.pem', '--config', 'provider.yaml', '--json')

  it('rotates the data key under sign-ins, of which none fails', async () => {
    const results: string[] = []
    const over = new AbortController()
    const signingIn = (async () => {
      while (!over.signal.aborted) results.push(await signIn())
    })()
    const file = () => readFile(join(folder, 'data.key'), 'utf8')
    const before = await file()
    const data = (...args: string[]) => run('keys', ...args, '--json')
    const { changed } = JSON.parse((await data('rotate', 'data', 'data.key')).stdout) as {
      changed: string[]
    }
    expect((await data('rotate', 'data', 'data.key')).stderr).to.match(/holds two keys already/)
    await provider.says('data keys changed')
    const retireData = () => data('retire', 'data', 'data.key', '--config', 'provider.yaml')
    await eventually(async () => (await retireData()).code === 0, { within: 40_000 })
    expect((await file()).split('\n')).to.have.length(2)
    expect(await file()).not.to.contain(before.trim())
    expect((await retireData()).stderr).to.match(/holds one key, and that one is in use/)
    const count = results.length
    await eventually(() => results.length > count + 5, { within: 20_000 })
    over.abort()
    await signingIn
    expect(new Set(results)).to.deep.equal(new Set(['tokens']))
    expect(changed).to.have.length(1)
    expect(await json('show', 'corp-1'), 'what is known of agents').to.include({
      state: 'approved',
    })
  })

  it('rotates the authority; agents go on, and new ones enrol', async () => {
    expect((await run('keys', 'rotate', 'authority', 'authority')).code).to.equal(0)
    expect(await signIn()).to.equal('tokens')
    const { code } = await json<{ code: string }>('invite', '--realm', 'corp', '--name', 'corp-2')
    const second = await enrol(code, '--identity', 'second')
    expect(second.code, second.stderr).to.equal(0)
    expect(await json('show', 'corp-2')).to.include({ state: 'pending' })
    await writeFile(join(folder, 'agent.yaml'), agentSettings('corp-1', 'identity'))
  })

  it('revoke ends it everywhere, and the agent ends with the exit code 3', async () => {
    const { code, stdout } = await agents('revoke', 'corp-1')
    expect(code).to.equal(0)
    expect(stdout).to.match(/^corp-1 is revoked; every provider process knows \(\S+\)\.$/m)
    expect(await signIn()).to.equal('page')
    process.kill(agent.pid, 'SIGHUP')
    const { code: exit } = await agent.exited
    expect(exit).to.equal(3)
    expect(agent.output()).to.contain('postern: this agent has been revoked')
    expect((await agents('list')).stdout).to.match(/^corp-1 +corp +revoked +silent /m)
  })

  it('remove forgets it, and its name is free again', async () => {
    expect((await agents('remove', 'corp-1')).stdout).to.match(/^corp-1 is removed; every /)
    const gone = await agents('show', 'corp-1')
    expect(gone).to.deep.include({ code: 1, stderr: 'postern: there is no agent corp-1\n' })
    const { code } = await json<{ code: string }>('invite', '--realm', 'corp', '--name', 'corp-1')
    const again = await enrol(code, '--force')
    expect(again.code, again.stderr).to.equal(0)
    expect(await json('show', 'corp-1')).to.include({ state: 'pending' })
  })

  function agentSettings(name: string, identity: string): string {
    return stringify({
      name,
      issuer,
      identityDirectory: identity,
      redis: { url: redis.url },
      realms: [{ name: 'corp', backend: { type: 'file', file: 'users.yaml' } }],
    })
  }
})

async function writeSettings(
  folder: string,
  { issuer, port, redis }: { issuer: string; port: number; redis: string },
): Promise<void> {
  const write = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 })
  await mkdir(join(folder, 'clients'))
  const provider = {
    issuer,
    listen: { port },
    redis: { url: redis },
    dataKeyFile: 'data.key',
    channelKeyFile: 'channel.pem',
    agentAuthority: { directory: 'authority' },
    realms: [{ name: 'corp', default: true }],
    organization: { name: 'Corp' },
  }
  await Promise.all([
    write('provider.yaml', stringify(provider)),
    write('users.yaml', stringify({ users: [person] })),
    write('app.secret', 'a-secret'),
    write(
      'clients/app.yaml',
      stringify({
        client_id: 'app',
        client_secret_file: '../app.secret',
        loopback_redirects: true,
        first_party: true,
      }),
    ),
    write(
      'agent.yaml',
      `# ours
realms:
  - name: corp
    backend:
      type: file
      file: users.yaml
`,
    ),
  ])
}

// Local mode's alice; her password is: postern
const person = {
  username: 'alice',
  id: '42',
  passwordHash:
    '$argon2id$v=19$m=19456,t=2,p=1$s8yWg0orNiW0UjmhPuvO1A$RAGugBcntmaEc7XFDZtqQuVGMc3EDzyMwpBx9rucEts',
  claims: {},
}
