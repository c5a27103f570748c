import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type PolicyFolder, readPolicyFolder } from '../../../../provider/access/policy-folder.ts'
import { readCases } from '../../../../provider/access/read-cases.ts'
import { printProblem } from '../../../../shared/settings/problem.ts'
import { countriesFile } from '../../../support/countries-file.ts'

const policy = (conditions: string): string => `displayName: P
state: enabled
conditions:
  users: { includeUsers: [All], excludeGroups: [break-glass] }
  applications: { includeApplications: [All] }
${conditions}
grantControls: { builtInControls: [mfa] }
`

describe('a folder of policies', () => {
  let root: string
  let folder: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'postern-policies-'))
    folder = join(root, 'policies')
    await mkdir(folder)
  })
  afterEach(() => rm(root, { recursive: true }))

  const write = (name: string, text: string | Buffer) => writeFile(join(root, name), text)
  const now = Date.UTC(2026, 10, 21)
  const read = (): Promise<PolicyFolder> => readPolicyFolder(folder, { now })
  const said = ({ problems }: PolicyFolder): string[] =>
    problems.map((problem) => printProblem(problem).replaceAll(`${root}/`, ''))

  it('is read as a whole: policies by the names of their files, and where addresses are', async () => {
    await write(
      'locations.yaml',
      'locations: { office: { ipRanges: [192.0.2.0/24], isTrusted: true } }',
    )
    await write('policies/b.yml', policy('  locations: { includeLocations: [office] }'))
    await write('policies/a.yaml', policy(''))
    await write('policies/a.cases.yaml', 'cases: []')
    await write('policies/.a.yaml.swp', 'not yaml: [')
    await write('policies/notes.txt', 'not yaml: [')
    const found = await read()
    expect(said(found)).to.deep.equal([])
    expect(found.policies.map(({ name }) => name)).to.deep.equal(['a', 'b'])
    expect(found.locate({ ip: '192.0.2.1' })).to.deep.equal({
      inside: ['office'],
      unsure: [],
      trusted: true,
    })
  })

  it('needs no locations if no policy names one', async () => {
    await write('policies/a.yaml', policy('  locations: { includeLocations: [AllTrusted] }'))
    expect(said(await read())).to.deep.equal([])
    await write('policies/b.yaml', policy('  locations: { includeLocations: [office] }'))
    expect(said(await read())).to.deep.equal([
      'policies/b.yaml:6:35: conditions.locations.includeLocations[0]: is no location of locations.yaml, which has none',
    ])
  })

  it('knows countries by the file that locations.yaml names', async () => {
    await write(
      'countries.mmdb',
      countriesFile({ '203.0.113.0/24': { country: { iso_code: 'NZ' } } }),
    )
    await write(
      'locations.yaml',
      'countriesFile: countries.mmdb\nlocations: { far: { countriesAndRegions: [NZ] } }',
    )
    const { locate, problems } = await read()
    expect(problems).to.deep.equal([])
    expect(locate({ ip: '203.0.113.9' }).inside).to.deep.equal(['far'])
    expect(locate({ ip: '203.0.114.9' })).to.deep.include({ inside: [], unsure: ['far'] })
  })

  it('says of every file at once what is wrong with it', async () => {
    await write(
      'locations.yaml',
      'countriesFile: nowhere.mmdb\nlocations: { far: { countriesAndRegions: [NZ] } }',
    )
    await write('policies/a.yaml', policy('  locations: { includeLocations: [fare] }'))
    await write('policies/b.yaml', 'displayName: [')
    await write('policies/c.yaml', policy('  platform: { includePlatforms: [iOS] }'))
    await write('policies/d.yaml', policy(''))
    await write('policies/d.yml', policy('').replace('enabled', 'disabled'))
    expect(said(await read())).to.deep.equal([
      'locations.yaml:1:16: countriesFile: nowhere.mmdb: there is no such file',
      'policies/d.yml: is called like d.yaml: rename one of them',
      'policies/a.yaml:6:35: conditions.locations.includeLocations[0]: is no location of locations.yaml; did you mean "far"?',
      'policies/b.yaml:1:15: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      'policies/c.yaml:6:3: conditions.platform: is not a setting; did you mean "platforms"?',
    ])
  })

  it('knows the terms there are, where it is told', async () => {
    const text = policy('').replace('[mfa] }', '[mfa], termsOfUse: [staff, gests] }')
    await write('policies/a.yaml', text)
    expect(said(await read())).to.deep.equal([])
    const told = async (...terms: string[]) => said(await readPolicyFolder(folder, { now, terms }))
    expect(await told('staff', 'gests')).to.deep.equal([])
    expect(await told('staff', 'guests')).to.deep.equal([
      'policies/a.yaml:7:62: grantControls.termsOfUse[1]: is none of termsOfUse in provider.yaml; did you mean "guests"?',
    ])
    expect(await told()).to.deep.equal([
      'policies/a.yaml:7:55: grantControls.termsOfUse[0]: is none of termsOfUse in provider.yaml, which has none',
      'policies/a.yaml:7:62: grantControls.termsOfUse[1]: is none of termsOfUse in provider.yaml, which has none',
    ])
  })

  it('says nothing of names of locations while the file with them is wrong', async () => {
    await write('locations.yaml', 'locations: { office: {} }')
    await write('policies/a.yaml', policy('  locations: { includeLocations: [office] }'))
    expect(said(await read())).to.deep.equal([
      'locations.yaml:1:22: locations.office: must have ipRanges or countriesAndRegions, and not both',
    ])
  })

  it('says where it warns', async () => {
    await write('policies/a.yaml', policy('').replace(', excludeGroups: [break-glass]', ''))
    await write(
      'policies/b.yaml',
      `${policy('')}exceptions:\n  - { users: [x], until: 2026-01-01 }\n`,
    )
    const { warnings } = await read()
    expect(warnings.map((each) => printProblem(each).replaceAll(`${root}/`, ''))).to.deep.equal([
      'policies/a.yaml:4:10: conditions.users: excludes nobody: leave out an account for emergencies (break-glass)',
      'policies/b.yaml:1:1: changes nothing: a asks for all of it wherever it applies',
      'policies/b.yaml:9:26: exceptions[0].until: is over, and counts for nobody any more: take it out',
    ])
  })

  it('is one of two that change places all the time, and never half of each', async () => {
    const sets = ['green', 'blue'].map((name) =>
      Array.from({ length: 9 }, (_, at) => `${name}-${at}`),
    )
    for (const [at, names] of sets.entries()) {
      await mkdir(join(folder, `set-${at}`))
      for (const name of names)
        await writeFile(join(folder, `set-${at}`, `${name}.yaml`), policy(''))
      // Right in both: what is half of each has no mistake.
      await writeFile(join(folder, `set-${at}`, 'both.yaml'), policy(''))
    }
    let turn = 0
    const swap = async () => {
      turn += 1
      await symlink(`set-${turn % 2}`, join(folder, 'next'))
      await rename(join(folder, 'next'), join(folder, 'changing'))
    }
    await swap()
    const seen = new Set<string>()
    for (let count = 0; count < 40; count += 1) {
      const reading = readPolicyFolder(join(folder, 'changing'), { now })
      await swap()
      const { policies, problems } = await reading
      seen.add([...policies.map(({ name }) => name), ...problems.map(String)].join(' '))
    }
    expect([...seen]).to.have.members(sets.map((names) => ['both', ...names].toSorted().join(' ')))
  })

  it('is a problem if it is not there', async () => {
    await rm(folder, { recursive: true })
    expect(said(await read())).to.deep.equal(['policies: there is no such folder'])
  })

  it('has cases beside its policies, with all that is wrong with them', async () => {
    await write(
      'policies/a.cases.yaml',
      'cases:\n  - { name: n, signIn: { user: ada }, expect: { policy: applies } }\n',
    )
    await write(
      'policies/b.cases.yaml',
      'cases:\n  - { name: n, signIn: { ip: ten, at: 2026-01-01T10:00 }, expect: {} }\n',
    )
    await write('policies/c.cases.yaml', 'cases: []')
    const { cases, problems } = await readCases(folder, ['a', 'b'])
    expect(cases.map((each) => [each.policy, each.cases.length])).to.deep.equal([['a', 1]])
    expect(problems.map((each) => printProblem(each).replaceAll(`${root}/`, ''))).to.deep.equal([
      'policies/b.cases.yaml:2:30: cases[0].signIn.ip: must be an IP address',
      'policies/b.cases.yaml:2:39: cases[0].signIn.at: must be a moment with its offset, as in 2026-12-31T18:00:00+01:00',
      'policies/b.cases.yaml:2:67: cases[0].expect: expects nothing: name policy or result',
      'policies/c.cases.yaml: there is no policy c beside it',
    ])
  })
})
