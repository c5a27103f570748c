import { expect } from 'chai'
import { parseDocument } from 'yaml'
import { providerSettings } from '../../../provider/settings-schema.ts'
import { printProblem } from '../../../shared/settings/problem.ts'
import { checkSettingsText } from '../../../shared/settings.ts'

const smallest = `
issuer: https://id.corp.example
redis: { url: redis://127.0.0.1 }
dataKeyFile: data.key
channelKeyFile: channel.pem
realms:
  - { name: corp, suffixes: [corp.example] }
organization: { name: Corp }
`

type Path = readonly (string | number)[]

/** The smallest settings with one of them changed; `undefined` takes it away. */
function changed(path: Path, value: unknown): string {
  const document = parseDocument(smallest)
  if (value === undefined) document.deleteIn(path)
  else document.setIn(path, document.createNode(value))
  return document.toString()
}

function problemsOf(text: string): string[] {
  const { problems } = checkSettingsText('p', text, providerSettings)
  return (problems ?? []).map((problem) => printProblem(problem).replace(/^p:\d+:\d+: /, ''))
}

const problemsWith = (path: Path, value: unknown): string[] => problemsOf(changed(path, value))

describe('provider settings', () => {
  it('have a default for all that can have one', () => {
    const { value } = checkSettingsText('p', smallest, providerSettings)
    expect(value).to.deep.include({
      listen: { host: '127.0.0.1', port: 8080 },
      trustedProxies: [],
      realms: [
        {
          name: 'corp',
          suffixes: ['corp.example'],
          netbiosNames: [],
          default: false,
          secondOpinion: false,
          secondOpinionGroups: [],
          canaries: { names: [] },
          changePasswords: false,
        },
      ],
      agentAuthority: { directory: 'authority' },
      canaries: { perHour: 6 },
      newPasswords: { names: [], noticeDays: 7 },
      clientsDirectory: 'clients',
      resources: [],
      lifetimes: {
        session: 43_200,
        interaction: 1800,
        accessToken: 900,
        idToken: 3600,
        refreshToken: 604_800,
      },
      log: { level: 'info' },
    })
  })

  for (const required of [
    'issuer',
    'redis',
    'dataKeyFile',
    'channelKeyFile',
    'realms',
    'organization',
  ]) {
    it(`need ${required}`, () => {
      expect(problemsWith([required], undefined)).to.deep.equal([`${required}: is missing`])
    })
  }

  const issuers: Readonly<Record<string, string | undefined>> = {
    'https://id.corp.example': undefined,
    'http://localhost:8080': undefined,
    'http://127.0.0.1:8080': undefined,
    'http://[::1]:8080': undefined,
    'id.corp.example': 'must be a full address, such as https://id.example.com',
    'http://id.corp.example': 'must begin with https:// (http:// is for localhost alone)',
    'http://127.0.0.1.corp.example': 'must begin with https:// (http:// is for localhost alone)',
    'http://localhost.corp.example': 'must begin with https:// (http:// is for localhost alone)',
    'ftp://id.corp.example': 'must begin with https:// (http:// is for localhost alone)',
    'https://id.corp.example?x=1': 'must have no ? and no #',
    'https://id.corp.example?': 'must have no ? and no #',
    'https://id.corp.example#x': 'must have no ? and no #',
    'https://a:b@id.corp.example': 'must have no user name or password in it',
    'https://id.corp.example/': 'must not end with a /',
    'https://corp.example/id': 'must have no path: give it a host name of its own',
  }
  for (const [issuer, problem] of Object.entries(issuers)) {
    it(`${problem === undefined ? 'take' : 'refuse'} the issuer ${issuer}`, () => {
      const expected = problem === undefined ? [] : [`issuer: ${problem}`]
      expect(problemsWith(['issuer'], issuer)).to.deep.equal(expected)
    })
  }

  it('take addresses and ranges of trusted proxies, and nothing else', () => {
    const right = ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']
    expect(problemsWith(['trustedProxies'], right)).to.deep.equal([])
    const wrong = ['proxy.corp.example', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129']
    expect(problemsWith(['trustedProxies'], wrong)).to.have.length(wrong.length)
  })

  it('count in whole numbers, within limits', () => {
    const message = 'must be a whole number of seconds, 60 to 7776000'
    for (const wrong of [59, 60.5, '12h', 7_776_001]) {
      const found = problemsWith(['lifetimes'], { session: wrong })
      expect(found, String(wrong)).to.deep.equal([`lifetimes.session: ${message}`])
    }
    expect(problemsWith(['listen'], { port: 65_536 })).to.deep.equal([
      'listen.port: must be a whole number, 0 to 65535',
    ])
  })

  it('name realms in small letters, digits and hyphens', () => {
    expect(problemsWith(['realms', 0, 'name'], 'Corp_1')).to.deep.equal([
      'realms[0].name: must be lower-case letters, digits and hyphens',
    ])
    expect(problemsWith(['realms', 0, 'name'], '')).to.deep.equal([
      'realms[0].name: must not be empty',
    ])
  })

  it('say where agents find Redis, and nothing secret about it', () => {
    expect(problemsWith(['agentRedis'], { url: 'rediss://redis', caFile: 'ca.pem' })).to.deep.equal(
      [],
    )
    expect(problemsWith(['agentRedis'], {})).to.deep.equal([
      'agentRedis: needs one of url, sentinel and cluster',
    ])
    const [problem] = problemsWith(['agentRedis'], { url: 'redis://redis', passwordFile: 'x' })
    expect(problem).to.match(/^agentRedis\.passwordFile: is not a setting/)
  })

  it('take suffixes in any case, and without the @', () => {
    const suffixes = (...list: string[]): string => changed(['realms', 0, 'suffixes'], list)
    const { value } = checkSettingsText('p', suffixes('Corp.Example'), providerSettings)
    expect(value?.realms[0]?.suffixes).to.deep.equal(['corp.example'])
    expect(problemsOf(suffixes('@corp.example'))).to.deep.equal([
      'realms[0].suffixes[0]: must be written without the @, as in corp.example',
    ])
    expect(problemsOf(suffixes('corp example'))).to.deep.equal([
      'realms[0].suffixes[0]: must not be empty or have spaces',
    ])
  })
})

describe('provider settings that contradict each other', () => {
  const twoRealms = [
    { name: 'corp', suffixes: ['corp.example'] },
    { name: 'lab', suffixes: ['lab.example'] },
  ]

  it('name two realms alike', () => {
    const realms = [twoRealms[0], { ...twoRealms[1], name: 'corp' }]
    expect(problemsWith(['realms'], realms)).to.deep.equal([
      "realms[1].name: is another realm's name",
    ])
  })

  it('give one suffix to two realms, however it is written', () => {
    const realms = [twoRealms[0], { name: 'lab', suffixes: ['CORP.example'] }]
    expect(problemsWith(['realms'], realms)).to.include(
      'realms[1].suffixes[0]: stands twice; a suffix belongs to one realm',
    )
  })

  it('give one domain to two realms, however it is written', () => {
    const realms = [
      { ...twoRealms[0], netbiosNames: ['CORP'] },
      { name: 'lab', netbiosNames: ['LAB', 'corp'] },
    ]
    expect(problemsWith(['realms'], realms)).to.deep.equal([
      'realms[1].netbiosNames[1]: stands twice; a domain belongs to one realm',
    ])
  })

  it('call a realm, a suffix or a domain like the accounts for emergencies', () => {
    const realms = [
      { name: 'break-glass', suffixes: ['corp.example', 'Break-Glass'] },
      { name: 'lab', netbiosNames: ['BREAK-GLASS'] },
    ]
    expect(problemsWith(['realms'], realms)).to.deep.equal([
      'realms[0].name: belongs to the accounts of breakGlass',
      'realms[0].suffixes[1]: belongs to the accounts of breakGlass',
      'realms[1].netbiosNames[0]: belongs to the accounts of breakGlass',
    ])
  })

  it('give two texts of terms one name', () => {
    const terms = { name: 'staff', title: 'Staff', textFile: 'staff.md' }
    expect(problemsWith(['termsOfUse'], [terms, { ...terms, version: 2 }])).to.deep.equal([
      'termsOfUse[1].name: is the name of other terms',
    ])
  })

  it('call a strength of their own like one that there always is', () => {
    const strength = { name: 'passwordless', allowedCombinations: [['passkey']] }
    expect(problemsWith(['authenticationStrengths'], [strength])).to.deep.equal([
      'authenticationStrengths[0].name: is a strength that there always is',
    ])
  })

  it('write a domain with its backslash', () => {
    expect(problemsWith(['realms', 0, 'netbiosNames'], ['CORP\\'])[0]).to.contain(
      'must be written without the \\',
    )
  })

  it('have two default realms', () => {
    const realms = twoRealms.map((realm) => ({ ...realm, default: true }))
    expect(problemsWith(['realms'], realms)).to.include(
      'realms[1].default: only one realm can be it',
    )
  })

  it('have a realm that no user name leads to', () => {
    expect(problemsWith(['realms'], [{ name: 'corp' }])).to.deep.equal([
      'realms[0]: no user name leads here: give it suffixes, or make it the default',
    ])
  })

  it('identify two resources alike, or by what is no address', () => {
    const resource = { identifier: 'https://api.corp.example', name: 'API' }
    expect(problemsWith(['resources'], [resource, resource])).to.deep.equal([
      "resources[1].identifier: is another resource's identifier",
    ])
    const form = 'must be an absolute URI without a #fragment, as in https://api.example.com'
    for (const identifier of ['api', 'https://api.corp.example#x']) {
      expect(problemsWith(['resources'], [{ ...resource, identifier }])).to.deep.equal([
        `resources[0].identifier: ${form}`,
      ])
    }
  })

  it('are found out beside mistakes elsewhere in the file', () => {
    const realms = [twoRealms[0], { ...twoRealms[1], name: 'corp' }]
    const text = changed(['realms'], realms).replace('https://id.corp.example', 'nowhere')
    expect(problemsOf(`${text}\nisuer: x\nlisten: { port: many }`)).to.deep.equal([
      'issuer: must be a full address, such as https://id.example.com',
      "realms[1].name: is another realm's name",
      'isuer: is not a setting; did you mean "issuer"?',
      'listen.port: must be a whole number, 0 to 65535',
    ])
  })
})
