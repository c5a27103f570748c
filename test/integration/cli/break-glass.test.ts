import { chmod, mkdir } from 'node:fs/promises'
import { expect } from 'chai'
import { stringify } from 'yaml'
import { runPostern } from '../../support/run-postern.ts'
import { createSettingsFolder, type SettingsFolder } from '../../support/settings-folder.ts'

describe('postern break-glass', function () {
  this.timeout(30_000)
  let folder: SettingsFolder
  before(async () => {
    folder = await createSettingsFolder({
      provider: { breakGlass: { accountsFile: 'emergency.yaml' }, policiesDirectory: 'policies' },
    })
  })
  after(() => folder[Symbol.asyncDispose]())

  const run = (...args: string[]) => runPostern(args, { cwd: folder.path })
  const breakGlass = (...args: string[]) => run('break-glass', ...args, '--config', 'provider.yaml')

  it('makes an account, lists it without its passphrase, and removes it', async () => {
    const { code, stdout } = await breakGlass('create', 'safe', '--group', 'admins', 'auditors')
    expect(code).to.equal(0)
    expect(stdout).to.include('User name:   safe@break-glass\n')
    const passphrase = /^Passphrase: {2}((?:[0-9a-z]{5}-){5}[0-9a-z]{5})$/m.exec(stdout)?.[1] ?? '-'
    const text = await folder.read('emergency.yaml')
    expect(text).to.include('- admins').and.not.include(passphrase)

    const listed = await breakGlass('list')
    expect(listed.stdout).to.match(
      /^user name +made +sub\nsafe@break-glass +2\S+Z +break-glass:\S+\n$/,
    )
    expect(listed.stdout).not.to.include('argon2id')

    const twice = await breakGlass('create', 'safe')
    expect(twice.code).not.to.equal(0)
    expect(twice.stderr).to.include('there is an account safe already')

    await folder.write('app.txt', '')
    expect((await breakGlass('remove', 'safe')).code).to.equal(0)
    expect((await breakGlass('list')).stdout).to.equal('There are none.\n')
  })

  it('says where the accounts would be, if the settings do not', async () => {
    const settings = (await folder.read('provider.yaml')).replace(/^breakGlass:\n.*\n/m, '')
    await folder.write('without.yaml', settings)
    const { code, stderr } = await run('break-glass', 'list', '--config', 'without.yaml')
    expect(code).not.to.equal(0)
    expect(stderr).to.include('names no file for them').and.include('accountsFile: ')
  })

  it('an account satisfies the check of policies that leave nobody out', async () => {
    const policy = {
      displayName: 'Everybody',
      state: 'enabled',
      conditions: {
        users: { includeUsers: ['All'] },
        applications: { includeApplications: ['All'] },
      },
      grantControls: { builtInControls: ['mfa'], termsOfUse: ['staff'] },
    }
    await mkdir(`${folder.path}/policies`)
    await folder.write('policies/everybody.yaml', stringify(policy))
    expect((await run('policy', 'check')).stdout).to.include('leave out an account for emergencies')

    await breakGlass('create', 'other')
    const told = await run('policy', 'check', '--config', 'provider.yaml')
    expect(told.code, 'terms that are not there').to.equal(1)
    expect(told.stdout).to.include('is none of termsOfUse in provider.yaml, which has none')
    await folder.write(
      'policies/everybody.yaml',
      stringify({ ...policy, grantControls: { builtInControls: ['mfa'] } }),
    )
    const sound = await run('policy', 'check', '--config', 'provider.yaml')
    expect(sound.stdout).to.match(/^1 good policy, 0 mistakes, 0 warnings\n/)

    const explained = await run('policy', 'explain', '--user', 'other@break-glass', '--app', 'shop')
    expect(explained.stdout).to.include('a break-glass account: no policy applies to it')
    expect(explained.stdout).to.match(/^Decision: allow$/m)
  })

  it('is found out by `postern check` if others can read the accounts', async () => {
    await folder.write('emergency.yaml', await folder.read('emergency.yaml'))
    await chmod(`${folder.path}/emergency.yaml`, 0o644)
    const { code, stdout, stderr } = await run('check', 'provider.yaml')
    expect(code).not.to.equal(0)
    expect(stdout + stderr).to.match(
      /provider\.yaml:\d+:\d+: breakGlass\.accountsFile: .*other users can read it/,
    )
  })
})
