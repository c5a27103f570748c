import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { runPostern } from '../../support/run-postern.ts'
import { root } from '../../support/source-files.ts'

const whatActs =
  'Policies act where provider.yaml names their folder (policiesDirectory). This command changed nothing that runs.'

/** The templates, copied as an admin would. */
describe('postern policy', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-policy-'))
    await cp(join(root, 'config/policies'), join(folder, 'policies'), { recursive: true })
    await cp(join(root, 'config/locations.yaml'), join(folder, 'locations.yaml'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const policy = (...args: string[]) => runPostern(['policy', ...args], { cwd: folder })
  const edit = async (name: string, from: string, to: string): Promise<void> => {
    const file = join(folder, name)
    const text = await readFile(file, 'utf8')
    expect(text).to.contain(from)
    await writeFile(file, text.replace(from, to))
  }

  describe('check', () => {
    it('finds nothing wrong with the templates, and says what makes them act', async () => {
      const { code, stdout, stderr } = await policy('check')
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
      expect(stdout).to.match(/^\d+ good policies, 0 mistakes, 0 warnings\n/)
      expect(stdout.trimEnd().split('\n').at(-1)).to.equal(whatActs)
    })

    it('lists mistakes and warnings of all files, with line and column', async () => {
      await edit(
        'policies/require-mfa-for-admins.yaml',
        'builtInControls: [mfa]',
        'builtInControls: [mfaa]',
      )
      await edit('policies/block-device-code.yaml', '    excludeGroups: [break-glass]\n', '')
      await edit('policies/block-device-code.cases.yaml', 'applies', 'aplies')
      const { code, stdout } = await policy('check', 'policies')
      expect(code).to.equal(1)
      expect(stdout.split('\n').slice(0, -2)).to.deep.equal([
        'policies/require-mfa-for-admins.yaml:15:21: grantControls.builtInControls[0]: must be one of block, mfa, passwordChange, secondOpinion; did you mean "mfa"?',
        'policies/block-device-code.cases.yaml:6:23: cases[0].expect.policy: must be one of applies, doesNotApply; did you mean "applies"?',
        'policies/block-device-code.yaml:10:5: conditions.users: warning: excludes nobody: leave out an account for emergencies (break-glass)',
        '8 good policies, 2 mistakes, 1 warning',
      ])
      const { stdout: json } = await policy('check', '--json')
      const said = JSON.parse(json) as Record<string, unknown>
      expect(said['problems']).to.have.length(2)
      expect(said['warnings']).to.have.length(1)
    })

    it('says that a folder is not there', async () => {
      const { code, stdout } = await policy('check', 'nowhere')
      expect(code).to.equal(1)
      expect(stdout).to.match(/^nowhere: there is no such folder\n/)
    })
  })

  describe('explain', () => {
    const bob = ['--user', 'bob@corp.example', '--group', 'staff', '--app', 'shop'] as const

    it('says of each policy and condition why, and what all come to', async () => {
      await edit('policies/require-mfa-for-everyone.yaml', 'state: disabled', 'state: enabled')
      const { code, stdout } = await policy(
        'explain',
        'policies',
        ...bob,
        '--ip',
        '203.0.113.7',
        '--platform',
        'macOS',
        '--at',
        '2026-11-21T12:00:00+01:00',
      )
      expect(code).to.equal(0)
      expect(stdout).to.contain('Where: no named location; not trusted\n')
      expect(stdout).to.match(/Not known, so the safe side is taken: roles, signInRisk, userRisk\n/)
      expect(stdout).to.contain(
        [
          'require-mfa-for-admins (report-only): does not apply',
          '  miss  users         not one of its groups',
          '  hit   applications  every app',
          '',
          'require-mfa-for-everyone (enabled): applies',
          '  hit  users         everyone',
          '  hit  applications  every app',
        ].join('\n'),
      )
      expect(stdout).to.contain(
        'Decision: ask\n  needs mfa (require-mfa-for-everyone: Everyone signs in with a second factor.)\n',
      )
      expect(stdout.trimEnd().split('\n').at(-1)).to.equal(whatActs)
    })

    it('says what is not known, and takes the safe side', async () => {
      await edit(
        'policies/block-device-code.yaml',
        'state: enabledForReportingButNotEnforced',
        'state: enabled',
      )
      await edit(
        'policies/block-device-code.yaml',
        '[deviceCodeFlow]',
        '[deviceCodeFlow]\n  platforms:\n    includePlatforms: [linux]',
      )
      const { stdout } = await policy('explain', ...bob, '--flow', 'deviceCodeFlow')
      expect(stdout).to.contain('block-device-code (enabled): applies, since not all is known')
      expect(stdout).to.match(/^ +unknown +platforms +platform not known$/m)
      expect(stdout).to.match(/^Decision: block\n {2}blocked by block-device-code: Signing in/m)
    })

    it('prints the same as JSON', async () => {
      const { code, stdout } = await policy(
        'explain',
        ...bob,
        '--json',
        '--no-roles',
        '--ip',
        '192.0.2.7',
      )
      expect(code).to.equal(0)
      const said = JSON.parse(stdout) as {
        signIn: object
        whereabouts: object
        result: string
        reportOnly: { result: string }
        policies: { policy: string; applies: boolean; conditions: object[] }[]
      }
      expect(said).to.deep.include({ result: 'allow' })
      expect(said.signIn).to.deep.include({ groups: ['staff'], roles: [], ip: '192.0.2.7' })
      expect(said.whereabouts).to.deep.equal({ inside: ['office'], unsure: [], trusted: true })
      const found = said.policies.find(({ policy: name }) => name.startsWith('require-mfa-outside'))
      expect(found?.applies).to.equal(false)
      expect(found?.conditions).to.deep.include({
        condition: 'locations',
        match: 'notMatched',
        because: 'excluded: a trusted location',
      })
    })

    it('asks again for what is written wrongly, by the name of the option', async () => {
      const { code, stderr } = await policy('explain', '--ip', '10.0.0', '--at', 'noon')
      expect(code).to.equal(2)
      expect(stderr).to.contain('--ip must be an IP address')
      expect(stderr).to.contain('--at must be a moment with its offset')
    })

    it('explains nothing by half a set', async () => {
      await edit('policies/require-mfa-for-admins.yaml', 'state', 'stat')
      const { code, stdout, stderr } = await policy('explain', ...bob)
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' })
      expect(stderr).to.match(
        /^policies\/require-mfa-for-admins\.yaml:6:1: stat: is not a setting/m,
      )
    })
  })

  describe('test', () => {
    it('passes with every template, and each has a case in which it applies', async () => {
      const { code, stdout } = await policy('test')
      expect(code, stdout).to.equal(0)
      expect(stdout).to.match(/^\d+ cases passed, 0 failed\n/)
    })

    it('fails if a policy does something else than its cases say, and says where and why', async () => {
      await edit('policies/require-mfa-for-admins.yaml', '[admins]', '[administrators]')
      const { code, stdout } = await policy('test')
      expect(code).to.equal(1)
      expect(stdout).to.contain(
        [
          'failed: an administrator is asked, also at the office',
          '  policies/require-mfa-for-admins.cases.yaml:5:23: cases[0].expect.policy: expected applies, but it doesNotApply: users: not one of its groups',
          'no case in which it applies: require-mfa-for-admins',
        ].join('\n'),
      )
    })

    it('compares what all policies come to, by their state', async () => {
      const cases = join(folder, 'policies/require-mfa-for-everyone.cases.yaml')
      const said =
        'cases:\n  - name: n\n    signIn: { user: bob, groups: [], app: a, clientAppType: browser }\n    expect: { result: ask }\n'
      await writeFile(cases, said)
      expect((await policy('test')).stdout).to.contain(
        'cases[0].expect.result: expected ask, but all policies together come to allow',
      )
      await edit('policies/require-mfa-for-everyone.yaml', 'state: disabled', 'state: enabled')
      expect((await policy('test')).code).to.equal(0)
    })

    it('says which policies no case touches', async () => {
      await rm(join(folder, 'policies/block-device-code.cases.yaml'))
      const { code, stdout } = await policy('test', '--json')
      expect(code).to.equal(0)
      expect(JSON.parse(stdout)).to.deep.include({
        untouched: ['block-device-code'],
      })
    })
  })

  describe('import', () => {
    const graph = (displayName: string, builtInControls: string[]): object => ({
      displayName,
      state: 'enabled',
      conditions: {
        users: { includeUsers: ['All'], excludeGroups: ['break-glass'] },
        applications: { includeApplications: ['All'] },
        locations: { includeLocations: ['All'], excludeLocations: ['office-id'] },
      },
      grantControls: { operator: 'OR', builtInControls },
    })
    const office = {
      id: 'office-id',
      displayName: 'Head office',
      ipRanges: [{ cidrAddress: '192.0.2.0/24' }],
    }

    it('makes files that are right, and lists what they lack', async () => {
      const policies = [
        graph('MFA elsewhere', ['mfa']),
        graph('MFA or device', ['mfa', 'compliantDevice']),
        graph('Device', ['compliantDevice']),
      ]
      await writeFile(join(folder, 'policies.json'), JSON.stringify({ value: policies }))
      await writeFile(join(folder, 'places.json'), `\uFEFF${JSON.stringify({ value: [office] })}`)
      const args = ['import', 'policies.json', 'places.json', '--into', 'new/policies'] as const
      const { code, stdout, stderr } = await policy(...args)
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
      expect(stdout).to.contain(
        [
          'new/policies/mfa-or-device.yaml',
          '  ! grantControls.builtInControls: compliantDevice: there is no such thing here',
          'new/locations.yaml',
          'not imported: device: ',
        ].join('\n'),
      )
      expect(stdout).to.contain('3 files written, 1 not imported')
      const checked = await policy('check', 'new/policies')
      expect(checked.code, checked.stdout).to.equal(0)
      const made = await readFile(join(folder, 'new/policies/mfa-or-device.yaml'), 'utf8')
      expect(made).to.match(
        /^# Imported from Microsoft Graph. Not carried over:\n# ! grantControls/,
      )
      expect(parse(made)).to.deep.include({ state: 'disabled' })
    })

    it('writes over nothing', async () => {
      await writeFile(
        join(folder, 'graph.json'),
        JSON.stringify([graph('Block device code', ['mfa']), graph('New', ['mfa'])]),
      )
      const { code, stderr } = await policy('import', 'graph.json', '--into', 'policies')
      expect(code).to.equal(2)
      expect(stderr).to.equal(
        'postern: policies/block-device-code.yaml: is there already; nothing was written\n',
      )
      expect(await readdir(join(folder, 'policies'))).not.to.include('new.yaml')
    })

    it('says what is no JSON', async () => {
      const { code, stderr } = await policy('import', 'locations.yaml', '--into', 'x')
      expect({ code, stderr }).to.deep.equal({
        code: 2,
        stderr: 'postern: locations.yaml: is not JSON\n',
      })
    })
  })

  it('knows by --config which terms and strengths there are, whatever it is asked', async () => {
    const config = join(root, 'config/provider.example.yaml')
    const name = 'policies/require-mfa-for-admins.yaml'
    await edit(name, 'builtInControls: [mfa]', 'authenticationStrength: keys')
    for (const [command, ...args] of [
      ['check'],
      ['test'],
      ['explain', '--user', 'ada@corp.example'],
    ] as const) {
      expect((await policy(command, ...args)).code, command).to.equal(0)
      const { code, stdout, stderr } = await policy(command, ...args, '--config', config)
      expect(code, command).to.equal(1)
      expect(stdout + stderr, command).to.match(
        /^policies\/require-mfa-for-admins\.yaml:15:27: grantControls\.authenticationStrength: is none of authenticationStrengths in provider\.yaml/,
      )
    }
  })

  it('has templates that are off or only report, all with cases, all without break-glass', async () => {
    const names = await readdir(join(folder, 'policies'))
    const templates = names.filter((name) => !name.includes('.cases.'))
    expect(templates).to.have.length.at.least(8)
    for (const name of templates) {
      expect(names).to.include(name.replace('.yaml', '.cases.yaml'))
      const text = await readFile(join(folder, 'policies', name), 'utf8')
      const { state, conditions } = parse(text) as {
        state: string
        conditions: { users: { excludeGroups: string[] } }
      }
      expect(state).to.be.oneOf(['disabled', 'enabledForReportingButNotEnforced'])
      expect(conditions.users.excludeGroups).to.deep.equal(['break-glass'])
    }
  })
})
