import { expect } from 'chai'
import { stringify } from 'yaml'
import { locationCheck } from '../../../../provider/access/policy-checks.ts'
import { policyFileWith } from '../../../../provider/access/policy-schema.ts'
import { printProblem } from '../../../../shared/settings/problem.ts'
import { checkSettingsText } from '../../../../shared/settings.ts'

const schema = policyFileWith([locationCheck(['office', 'home-countries'])])

/** What is said of a policy in a file, without the file's name. */
function said(text: string): string[] {
  const { problems = [] } = checkSettingsText('p.yaml', text, schema)
  return problems.map((problem) => printProblem(problem).replace('p.yaml:', ''))
}

const good = {
  displayName: 'P',
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'] },
    applications: { includeApplications: ['All'] },
  },
  grantControls: { builtInControls: ['mfa'] },
}

/** The same with something else in it, and without places in the file. */
const saidOf = (change: object): string[] =>
  said(stringify({ ...good, ...change })).map((line) => line.replace(/^\d+:\d+: /, ''))

const withConditions = (conditions: object): string[] =>
  saidOf({ conditions: { ...good.conditions, ...conditions } })

describe('the file of a policy', () => {
  it('takes what Microsoft Graph calls things', () => {
    const everything = {
      ...good,
      description: 'All fields of Graph that have a meaning here.',
      state: 'enabledForReportingButNotEnforced',
      conditions: {
        users: {
          includeUsers: ['All'],
          excludeUsers: ['emergency@corp.example'],
          includeGroups: ['staff'],
          excludeGroups: ['break-glass'],
          includeRoles: ['auditor'],
          excludeRoles: ['operator'],
        },
        applications: { includeApplications: ['All'], excludeApplications: ['wiki'] },
        clientAppTypes: ['browser', 'mobileAppsAndDesktopClients', 'other'],
        locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted', 'office'] },
        platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS', 'android'] },
        signInRiskLevels: ['medium', 'high'],
        userRiskLevels: ['high'],
        authenticationFlows: { transferMethods: ['deviceCodeFlow'] },
      },
      grantControls: {
        operator: 'OR',
        builtInControls: ['mfa', 'secondOpinion'],
        termsOfUse: ['staff'],
      },
      sessionControls: {
        signInFrequency: { value: 4, type: 'hours', frequencyInterval: 'timeBased' },
        persistentBrowser: { mode: 'never' },
      },
    }
    expect(said(stringify(everything))).to.deep.equal([])
  })

  it('lists every mistake at once, with line, column and what was meant', () => {
    const text = `displayName: Office
state: enable
conditions:
  users:
    includeUser: [All]
    includeUsers: [all]
  applications:
    includeApplications: [All]
  locations:
    excludeLocations: [ofice, Munich]
  platforms:
    includePlatforms: [ios]
  times:
    timeZone: Berlin
    includeTimes: [{ from: "8:00", to: "18:00" }]
grantControls:
  builtInControls: [mfs]
sessionControls:
  signInFrequency: { value: 4 }
exceptions:
  - { users: [ada], until: 2026-02-30 }
`
    expect(said(text)).to.deep.equal([
      '2:8: state: must be one of enabled, disabled, enabledForReportingButNotEnforced; did you mean "enabled"?',
      '5:5: conditions.users.includeUser: is not a setting; did you mean "includeUsers"?',
      '6:20: conditions.users.includeUsers[0]: must be written All',
      '10:24: conditions.locations.excludeLocations[0]: is no location of locations.yaml; did you mean "office"?',
      '10:31: conditions.locations.excludeLocations[1]: is no location of locations.yaml; known: office, home-countries',
      '12:24: conditions.platforms.includePlatforms[0]: must be one of android, iOS, windows, macOS, linux, all; did you mean "iOS"?',
      '14:15: conditions.times.timeZone: is no time zone; they are called as in Europe/Berlin',
      '15:28: conditions.times.includeTimes[0].from: must be a time of day, as in "08:00"',
      '17:21: grantControls.builtInControls[0]: must be one of block, mfa, passwordChange, secondOpinion; did you mean "mfa"?',
      '19:20: sessionControls.signInFrequency: needs value and type, or frequencyInterval: everyTime',
      '21:28: exceptions[0].until: must be a day, as in 2026-12-31',
    ])
  })

  const mistakes: readonly (readonly [what: string, said: () => string[], expected: string])[] = [
    [
      'does nothing',
      () => saidOf({ grantControls: undefined }),
      'does nothing: give it grantControls or sessionControls',
    ],
    [
      'asks for nothing',
      () => saidOf({ grantControls: { operator: 'OR' } }),
      'grantControls: asks for nothing',
    ],
    [
      'blocks and asks for more',
      () => saidOf({ grantControls: { builtInControls: ['mfa', 'block'] } }),
      'grantControls.builtInControls[1]: leaves nothing to ask for: it must stand alone',
    ],
    [
      'asks twice for a second factor',
      () =>
        saidOf({
          grantControls: {
            builtInControls: ['mfa'],
            authenticationStrength: 'multifactor',
          },
        }),
      'grantControls.builtInControls[0]: is a part of authenticationStrength; name one of them',
    ],
    [
      'lets whoever has the password change it',
      () => saidOf({ grantControls: { builtInControls: ['passwordChange'] } }),
      'grantControls.builtInControls[0]: needs mfa or an authenticationStrength beside it, and operator AND',
    ],
    [
      'lets them choose to do so',
      () =>
        saidOf({ grantControls: { operator: 'OR', builtInControls: ['passwordChange', 'mfa'] } }),
      'grantControls.builtInControls[0]: needs mfa or an authenticationStrength beside it, and operator AND',
    ],
    [
      'is about nobody',
      () => withConditions({ users: { excludeUsers: ['ada'] } }),
      'conditions.users: is about nobody: includeUsers, includeGroups or includeRoles must name someone',
    ],
    [
      'is about nothing',
      () => withConditions({ applications: {} }),
      'conditions.applications: is about nothing: includeApplications or includeUserActions or includeAuthenticationContextClassReferences must name something',
    ],
    [
      'is about an app and an action',
      () =>
        withConditions({
          applications: {
            includeApplications: ['All'],
            includeUserActions: ['urn:user:registersecurityinfo'],
          },
        }),
      'conditions.applications.includeUserActions: stands beside includeApplications; a policy is about one of them',
    ],
    [
      'writes All in small letters',
      () => withConditions({ users: { includeUsers: ['all'] } }),
      'conditions.users.includeUsers[0]: must be written All',
    ],
    [
      'excludes All',
      () => withConditions({ users: { includeUsers: ['All'], excludeUsers: ['All'] } }),
      'conditions.users.excludeUsers[0]: cannot be All here',
    ],
    [
      'names somebody beside All',
      () => withConditions({ users: { includeUsers: ['ada', 'All'] } }),
      'conditions.users.includeUsers[1]: All stands alone; the others say nothing beside it',
    ],
    [
      'is about guests',
      () => withConditions({ users: { includeUsers: ['GuestsOrExternalUsers'] } }),
      'conditions.users.includeUsers[0]: means nobody here: everyone comes from your directories',
    ],
    [
      'names a place that is misspelt',
      () => withConditions({ locations: { excludeLocations: ['ofice'] } }),
      'conditions.locations.excludeLocations[0]: is no location of locations.yaml; did you mean "office"?',
    ],
    [
      'names a place that is nowhere',
      () => withConditions({ locations: { includeLocations: ['Munich'] } }),
      'conditions.locations.includeLocations[0]: is no location of locations.yaml; known: office, home-countries',
    ],
    [
      'names no place',
      () => withConditions({ locations: {} }),
      'conditions.locations: names no location',
    ],
    [
      'names no time',
      () => withConditions({ times: { timeZone: 'UTC' } }),
      'conditions.times: names no time: give it includeTimes or excludeTimes',
    ],
    [
      'has a window with one end',
      () => withConditions({ times: { timeZone: 'UTC', excludeTimes: [{ from: '08:00' }] } }),
      'conditions.times.excludeTimes[0]: needs both from and to, or neither for the whole day',
    ],
    [
      'has a window that ends as it begins',
      () =>
        withConditions({
          times: { timeZone: 'UTC', includeTimes: [{ from: '08:00', to: '08:00' }] },
        }),
      'conditions.times.includeTimes[0]: ends as it begins; for the whole day leave out from and to',
    ],
    [
      'has a time zone that knows no summer',
      () => withConditions({ times: { timeZone: '+01:00', includeTimes: [{}] } }),
      'conditions.times.timeZone: is no time zone; they are called as in Europe/Berlin',
    ],
    [
      'wants a sign-in every time, and every hour',
      () =>
        saidOf({
          sessionControls: {
            signInFrequency: { frequencyInterval: 'everyTime', value: 1, type: 'hours' },
          },
        }),
      'sessionControls.signInFrequency: has no value and no type with everyTime',
    ],
    [
      'makes an exception for nobody',
      () => saidOf({ exceptions: [{ until: '2026-12-31' }] }),
      'exceptions[0]: is for nobody: name users, groups or roles',
    ],
  ]
  for (const [what, find, expected] of mistakes) {
    it(`is refused if it ${what}`, () => {
      expect(find()).to.deep.equal([expected])
    })
  }
})
