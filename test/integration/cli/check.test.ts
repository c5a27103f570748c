import { mkdir, rm } from 'node:fs/promises'
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
        'agents: []', // line 10
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
      'bad.yaml:10:9: agents',
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

  it('opens what an agent names, too', async () => {
    await folder.write('users.yaml', 'users:\n  - username: a b\n')
    const { stdout } = await check('agent.yaml')
    expect(stdout).to.match(/users\.yaml:2:15: users\[0\]\.username: /)
    await rm(join(folder.path, 'users.yaml'))
    expect((await check('agent.yaml')).stdout).to.match(/users\.yaml: there is no such file/)
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
    await folder.write('bad.yaml', 'name: corp-1\nproviderPublicKey: x\n')
    const { code, stdout } = await check('agent.yaml', 'bad.yaml', '--json')
    const { files } = JSON.parse(stdout) as { files: { file: string; problems: object[] }[] }
    expect(code).to.equal(1)
    expect(files.map(({ file }) => file)).to.deep.equal(['agent.yaml', 'bad.yaml'])
    expect(files[0]?.problems).to.deep.equal([])
    expect(files[1]?.problems[0]).to.include.keys('file', 'line', 'column', 'path', 'message')
  })
})
