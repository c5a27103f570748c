import { chmod, mkdir, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { runPostern } from '../../support/run-postern.ts'
import { createSettingsFolder, type SettingsFolder } from '../../support/settings-folder.ts'

describe('postern check', () => {
  let folder: SettingsFolder
  beforeEach(async () => {
    folder = await createSettingsFolder()
  })
  afterEach(() => folder[Symbol.asyncDispose]())

  const check = (...args: string[]) => runPostern(['check', ...args], { cwd: folder.path })

  it('finds nothing wrong with files that are right, and says what they are', async () => {
    const files = ['provider.yaml', 'agent.yaml', 'users.yaml', 'clients/app.yaml']
    const { code, stdout, stderr } = await check(...files)
    expect(stdout.trimEnd().split('\n')).to.deep.equal([
      'provider.yaml: provider, no mistakes',
      'agent.yaml: agent, no mistakes',
      'users.yaml: users, no mistakes',
      'clients/app.yaml: client, no mistakes',
    ])
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
  })

  it('lists every mistake of a file at once, with line and column', async () => {
    await folder.write(
      'bad.yaml',
      [
        'isuer: https://id.example', // line 1
        'listen:',
        '  port: 99999', // line 3
        'redis:',
        '  url: http://localhost', // line 5
        'dataKeyFile: ""', // line 6
        'channelKeyFile: channel.pem',
        'realms:',
        '  - name: Corp', // line 9
        'agentAuthority: 7', // line 10
      ].join('\n'),
    )
    const { code, stdout } = await check('bad.yaml')
    const places = stdout.split('\n').map((line) => /^bad\.yaml:\d+:\d+: [^:]+/.exec(line)?.[0])
    expect(code).to.equal(1)
    expect(places).to.include.members([
      'bad.yaml:1:1: isuer',
      'bad.yaml:1:1: issuer',
      'bad.yaml:1:1: organization',
      'bad.yaml:3:9: listen.port',
      'bad.yaml:5:8: redis.url',
      'bad.yaml:6:1: dataKeyFile',
      'bad.yaml:9:11: realms[0].name',
      'bad.yaml:10:17: agentAuthority',
    ])
    expect(stdout).to.contain('isuer: is not a setting; did you mean "issuer"?')
    expect(stdout).to.match(/\n\d+ mistakes\n$/)
  })

  it('says where text is no YAML', async () => {
    await folder.write('agent.yaml', 'name: corp-1\nredis: {url: [\n')
    const { code, stdout } = await check('agent.yaml')
    expect(code).to.equal(1)
    expect(stdout).to.match(/^agent\.yaml:\d+:\d+: not valid YAML: /m)
  })

  it('opens the files that settings name, and says which are no good', async () => {
    await folder.write('data.key', 'c2hvcnQ')
    await rm(join(folder.path, 'channel.pem'))
    await folder.write(
      'clients/broken.yaml',
      'client_id: broken\nresources: [{identifier: urn:x}]\n',
    )
    const { code, stdout } = await check('provider.yaml')
    expect(code).to.equal(1)
    const lines = stdout.split('\n')
    expect(lines.filter((line) => /^provider\.yaml:\d+:\d+: /.test(line))).to.have.length(2)
    expect(stdout).to.match(/dataKeyFile: \S+data\.key: is no data key/)
    expect(stdout).to.match(/channelKeyFile: \S+channel\.pem: there is no such file/)
    expect(stdout).to.match(/broken\.yaml:\d+:\d+: resources\[0\]\.identifier: /)
    expect(stdout).to.match(/broken\.yaml:\d+:\d+: redirect_uris: /)
  })

  it('looks into a list of breached passwords of any size, and at words that are banned', async () => {
    const provider = await folder.read('provider.yaml')
    const named = '{breachedFile: breached.txt, bannedTermsFile: words.txt}'
    await folder.write('provider.yaml', `${provider}newPasswords: ${named}\n`)
    await folder.write('breached.txt', `${'0'.repeat(40)}:1\n`)
    await folder.write('words.txt', 'velocipede\nabc\n')
    const words = /newPasswords\.bannedTermsFile: \S+words\.txt: line 2 has not 4 to 16 letters/
    expect((await check('provider.yaml')).stdout)
      .to.match(words)
      .and.match(/^1 mistake$/m)
    // It takes no room on the disk, and could not be read as one text.
    await truncate(join(folder.path, 'breached.txt'), 3 * 2 ** 30)
    expect((await check('provider.yaml')).stdout)
      .to.match(words)
      .and.match(/newPasswords\.breachedFile: \S+breached\.txt: .* no SHA-1 hash/)
  })

  it('opens the files that settings name also if other settings are wrong', async () => {
    await rm(join(folder.path, 'channel.pem'))
    const authority = 'agentAuthority: {directory: nowhere}'
    const provider = await folder.read('provider.yaml')
    await folder.write(
      'provider.yaml',
      `isuer: x\nmisspeltFile: nowhere\n${authority}\n${provider}`,
    )
    const { stdout } = await check('provider.yaml')
    expect(stdout).to.match(/^provider\.yaml:1:1: isuer: is not a setting/m)
    expect(stdout).to.match(/^provider\.yaml:2:1: misspeltFile: is not a setting/m)
    expect(stdout).to.match(
      /^provider\.yaml:\d+:\d+: channelKeyFile: \S+channel\.pem: there is no such file$/m,
    )
    expect(stdout).to.match(
      /^provider\.yaml:3:\d+: agentAuthority\.directory: \S+authority\.key: there is no such file$/m,
    )
    expect(stdout).to.match(/^4 mistakes$/m)
  })

  it('opens what an agent names, too', async () => {
    await folder.write('users.yaml', 'users:\n  - username: a b\n')
    const { stdout } = await check('agent.yaml')
    expect(stdout).to.match(/users\.yaml:2:15: users\[0\]\.username: /)
    await rm(join(folder.path, 'users.yaml'))
    expect((await check('agent.yaml')).stdout).to.match(/users\.yaml: there is no such file/)
  })

  it('opens the identity of an agent and the authority of a provider', async () => {
    await chmod(join(folder.path, 'identity', 'identity.key'), 0o640)
    await rm(join(folder.path, 'authority', 'authority.key'))
    const agent = await check('agent.yaml')
    expect(agent.stdout).to.match(
      /identityDirectory: \S+identity\.key: other users can read it; run: chmod 600 /,
    )
    const provider = await check('provider.yaml')
    expect(provider.stdout).to.match(
      /agentAuthority\.directory: \S+authority\.key: there is no such file/,
    )
    await rm(join(folder.path, 'identity'), { recursive: true })
    expect((await check('agent.yaml')).stdout).to.contain('`postern agent enrol` gets one')
  })

  it('says of each file that a directory’s settings name what is wrong with it, at its own line', async () => {
    await folder.write('garbage.pem', 'not a certificate')
    const agent = async (password: string) => {
      await folder.write('ldap.yaml', ldapAgent(password))
      return check('ldap.yaml')
    }
    expect(placesIn(await agent('nowhere.password'))).to.deep.equal([
      'ldap.yaml:5:11: redis.caFile: garbage.pem: is not a PEM certificate',
      'ldap.yaml:6:13: redis.certFile: nowhere.crt: there is no such file',
      'ldap.yaml:7:12: redis.keyFile: nowhere.key: there is no such file',
      'ldap.yaml:8:16: redis.passwordEnv: the environment variable POSTERN_TEST_NOT_SET (passwordEnv) is not set',
      'ldap.yaml:17:15: realms[0].backend.caFile: garbage.pem: is not a PEM certificate',
      'ldap.yaml:18:25: realms[0].backend.bindPasswordFile: nowhere.password: there is no such file',
    ])
    expect(placesIn(await agent('users.yaml'))).to.have.length(5)
  })

  it('says at the setting that a folder or file is not there', async () => {
    await rm(join(folder.path, 'clients'), { recursive: true })
    await rm(join(folder.path, 'users.yaml'))
    const provider = `clientsDirectory: clients\n${await folder.read('provider.yaml')}`
    await folder.write('provider.yaml', provider)
    expect(placesIn(await check('provider.yaml'))).to.deep.equal([
      'provider.yaml:1:19: clientsDirectory: clients: there is no such folder',
    ])
    const [said, ...others] = placesIn(await check('agent.yaml'))
    expect(others).to.deep.equal([])
    expect(said).to.match(
      /^agent\.yaml:\d+:\d+: realms\[0\]\.backend\.file: users\.yaml: there is no such file$/,
    )
  })

  it('makes visible what a terminal would obey, in names of settings and of files', async () => {
    await folder.write('bad.yaml', 'name: corp-1\n"\\e[2J\\e]0;title\\a": 1\n')
    await folder.write('good\u001b[2J.yaml', 'users: []\n')
    const { stdout } = await check('bad.yaml', 'good\u001b[2J.yaml', '--as', 'users')
    expect(stdout).to.contain(String.raw`bad.yaml:2:1: \u001b[2J\u001b]0;title\u0007: is not`)
    expect(stdout).to.contain(String.raw`good\u001b[2J.yaml: users, no mistakes`)
    expect(stdout).not.to.match(/[^\P{Cc}\n]/u)
  })

  it('checks every YAML file of a folder', async () => {
    await folder.write('clients/bad.yaml', 'client_id: bad\n')
    const { code, stdout } = await check('clients')
    expect(code).to.equal(1)
    expect(stdout).to.contain('clients/app.yaml: client, no mistakes')
    expect(stdout).to.match(/^clients\/bad\.yaml:1:1: redirect_uris: /m)
  })

  it('believes the schema line, and --as before it', async () => {
    const line = '# yaml-language-server: $schema=../schemas/agent.schema.json\n'
    await folder.write('odd.yaml', `${line}issuer: https://id.example\n`)
    expect((await check('odd.yaml', '--json')).stdout).to.contain('"kind":"agent"')
    expect((await check('odd.yaml', '--json', '--as', 'users')).stdout).to.contain('"kind":"users"')
  })

  it('says of a file that is something else that it knows none such', async () => {
    await folder.write('compose.yaml', 'services: {}\n')
    const { code, stdout } = await check('compose.yaml')
    expect(code).to.equal(1)
    expect(stdout).to.contain('compose.yaml: is no settings file that Postern knows')
    expect(stdout).to.contain('--as')
  })

  it('says of files that are not there that they are not, and of an empty folder that it is', async () => {
    await mkdir(join(folder.path, 'empty'))
    expect(await check('nowhere.yaml')).to.deep.include({
      code: 1,
      stdout: 'nowhere.yaml: there is no such file\n1 mistake\n',
    })
    expect((await check('empty')).stdout).to.equal('empty: has no YAML files\n1 mistake\n')
  })

  it('prints JSON for a script', async () => {
    await folder.write('bad.yaml', 'name: corp-1\nissuer: x\n')
    const { code, stdout } = await check('agent.yaml', 'bad.yaml', '--json')
    const { files } = JSON.parse(stdout) as { files: { file: string; problems: object[] }[] }
    expect(code).to.equal(1)
    expect(files.map(({ file }) => file)).to.deep.equal(['agent.yaml', 'bad.yaml'])
    expect(files[0]?.problems).to.deep.equal([])
    expect(files[1]?.problems[0]).to.include.keys('file', 'line', 'column', 'path', 'message')
  })
})

/** Every problem without what the folder is called, and without the count. */
function placesIn({ stdout }: { stdout: string }): string[] {
  return stdout
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replaceAll(/\/\S*\//g, ''))
}

/** Settings that name several files in one section, of which none is good. */
function ldapAgent(bindPasswordFile: string): string {
  return [
    'name: corp-1',
    'issuer: http://localhost:9000',
    'redis:',
    '  url: rediss://127.0.0.1:1',
    '  caFile: garbage.pem', // line 5
    '  certFile: nowhere.crt',
    '  keyFile: nowhere.key',
    '  passwordEnv: POSTERN_TEST_NOT_SET',
    'identityDirectory: identity',
    'realms:', // line 10
    '  - name: corp',
    '    backend:',
    '      type: ldap',
    '      urls: [ldaps://127.0.0.1:1]',
    '      bindDn: cn=postern',
    '      baseDn: dc=corp',
    '      caFile: garbage.pem', // line 17
    `      bindPasswordFile: ${bindPasswordFile}`,
  ].join('\n')
}
