import { expect } from 'chai'
import { importGraph } from '../../../../../provider/access/graph-import/graph-import.ts'
import { policyFile } from '../../../../../provider/access/policy-schema.ts'

const officeId = '0f1c3f1a-8a35-4b8e-9d5f-1d2a3b4c5d6e'
const groupId = '9b6a2d54-1111-4222-8333-444455556666'

/** As Graph answers, with everything that it says of nothing. */
const graphPolicy = (change: object = {}): object => ({
  '@odata.etag': 'x',
  id: '11111111-2222-3333-4444-555555555555',
  templateId: null,
  displayName: 'CA001: Require MFA (outside Büro)',
  createdDateTime: '2025-01-01T00:00:00Z',
  modifiedDateTime: null,
  state: 'enabled',
  partialEnablementStrategy: null,
  sessionControls: null,
  conditions: conditions(),
  grantControls: {
    operator: 'OR',
    builtInControls: ['mfa'],
    customAuthenticationFactors: [],
    termsOfUse: [],
    'authenticationStrength@odata.context': 'x',
    authenticationStrength: null,
  },
  ...change,
})

function conditions(change: object = {}): object {
  return {
    userRiskLevels: [],
    signInRiskLevels: [],
    clientAppTypes: ['all'],
    platforms: null,
    locations: { includeLocations: ['All'], excludeLocations: [officeId, 'AllTrusted'] },
    times: null,
    deviceStates: null,
    devices: null,
    clientApplications: null,
    authenticationFlows: null,
    applications: {
      includeApplications: ['All'],
      excludeApplications: [],
      includeUserActions: [],
      includeAuthenticationContextClassReferences: [],
      applicationFilter: null,
    },
    users: {
      includeUsers: ['All'],
      excludeUsers: [],
      includeGroups: [],
      excludeGroups: ['break-glass'],
      includeRoles: [],
      excludeRoles: [],
      includeGuestsOrExternalUsers: null,
      excludeGuestsOrExternalUsers: null,
    },
    ...change,
  }
}

const office = {
  '@odata.type': '#microsoft.graph.ipNamedLocation',
  id: officeId,
  displayName: 'Büro',
  isTrusted: true,
  ipRanges: [
    { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '192.0.2.0/24' },
    { '@odata.type': '#microsoft.graph.iPv6CidrRange', cidrAddress: '2001:db8:1::/48' },
  ],
}

/** What is noted of one policy, as `effect path: message`. */
function noted(policy: object): string[] {
  const { policies, skipped } = importGraph([policy])
  const notes = policies.flatMap((each) => each.notes)
  return [
    ...notes.map(({ path, message, effect }) => `${effect} ${path}: ${message}`),
    ...skipped.map(({ why }) => `skipped ${why}`),
  ]
}

describe('an import from Microsoft Graph', () => {
  it('makes a policy and its location, which only reports until somebody turns it on', () => {
    const { policies, locations, skipped } = importGraph([
      { '@odata.context': 'x', value: [graphPolicy()] },
      { value: [office] },
    ])
    expect(skipped).to.deep.equal([])
    expect(locations).to.deep.equal([
      {
        name: 'buro',
        content: {
          displayName: 'Büro',
          ipRanges: ['192.0.2.0/24', '2001:db8:1::/48'],
          isTrusted: true,
        },
        notes: [],
      },
    ])
    expect(policies).to.deep.equal([
      {
        name: 'ca001-require-mfa-outside-buro',
        notes: [],
        content: {
          displayName: 'CA001: Require MFA (outside Büro)',
          state: 'enabledForReportingButNotEnforced',
          conditions: {
            users: { includeUsers: ['All'], excludeGroups: ['break-glass'] },
            applications: { includeApplications: ['All'] },
            clientAppTypes: ['all'],
            locations: { includeLocations: ['All'], excludeLocations: ['buro', 'AllTrusted'] },
          },
          grantControls: { operator: 'OR', builtInControls: ['mfa'] },
        },
      },
    ])
    policyFile.parse(policies[0]?.content)
  })

  it('carries everything that has a meaning here', () => {
    const { policies } = importGraph([
      graphPolicy({
        state: 'disabled',
        description: 'All of it',
        conditions: conditions({
          clientAppTypes: ['browser', 'other'],
          locations: null,
          platforms: { includePlatforms: ['all'], excludePlatforms: ['windows', 'iOS'] },
          signInRiskLevels: ['high'],
          userRiskLevels: ['medium'],
          authenticationFlows: { transferMethods: 'deviceCodeFlow' },
        }),
        grantControls: {
          operator: 'AND',
          builtInControls: [],
          authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' },
        },
        sessionControls: {
          signInFrequency: {
            value: null,
            type: null,
            authenticationType: 'secondaryAuthentication',
            frequencyInterval: 'everyTime',
            isEnabled: true,
          },
          persistentBrowser: { mode: 'never', isEnabled: true },
          cloudAppSecurity: null,
          disableResilienceDefaults: null,
        },
      }),
    ])
    const [policy] = policies
    expect(policy?.notes).to.deep.equal([])
    expect(policy?.content).to.deep.include({
      state: 'disabled',
      description: 'All of it',
      grantControls: {
        operator: 'AND',
        authenticationStrength: 'phishingResistant',
      },
      sessionControls: {
        signInFrequency: {
          frequencyInterval: 'everyTime',
          authenticationType: 'secondaryAuthentication',
        },
        persistentBrowser: { mode: 'never' },
      },
    })
    expect(policy?.content['conditions']).to.deep.include({
      clientAppTypes: ['browser', 'other'],
      platforms: { includePlatforms: ['all'], excludePlatforms: ['windows', 'iOS'] },
      authenticationFlows: { transferMethods: ['deviceCodeFlow'] },
    })
  })

  it('disables what would mean something else, and says what is missing', () => {
    const policy = graphPolicy({
      conditions: conditions({
        locations: { includeLocations: [officeId], excludeLocations: [] },
        devices: { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True' } },
        users: { includeUsers: ['GuestsOrExternalUsers'], excludeGroups: [groupId] },
        applications: { includeApplications: ['Office365'], excludeApplications: [] },
      }),
      grantControls: { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] },
      sessionControls: {
        cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'monitorOnly' },
      },
    })
    expect(importGraph([policy]).policies[0]?.content).to.deep.include({ state: 'disabled' })
    expect(noted(policy)).to.deep.equal([
      'changed conditions.devices: has no meaning here',
      'changed conditions.users.includeUsers: GuestsOrExternalUsers: there are none here',
      `changed conditions.users.excludeGroups: ${groupId}: ids of Entra; put what they are called here in their place`,
      'changed conditions.applications.includeApplications: Office365: there are none here',
      `changed conditions.locations.includeLocations: ${officeId}: ids of Entra; put what they are called here in their place`,
      'changed grantControls.builtInControls: compliantDevice: there is no such thing here',
      'changed sessionControls.cloudAppSecurity: has no meaning here',
    ])
    expect(importGraph([policy]).policies[0]?.content['conditions']).to.deep.include({
      users: { includeUsers: ['None'], excludeGroups: [groupId] },
      applications: { includeApplications: ['None'] },
    })
  })

  it('only notes what cannot be missed, since it does not exist here', () => {
    const policy = graphPolicy({
      conditions: conditions({
        locations: null,
        clientAppTypes: ['exchangeActiveSync', 'other'],
        platforms: { includePlatforms: ['all'], excludePlatforms: ['windowsPhone'] },
        authenticationFlows: { transferMethods: 'deviceCodeFlow,authenticationTransfer' },
      }),
      sessionControls: { signInFrequency: { isEnabled: false, value: 1, type: 'days' } },
    })
    expect(noted(policy).map((line) => line.split(' ')[0])).to.deep.equal(['none', 'none', 'none'])
    expect(importGraph([policy]).policies[0]?.content).to.not.have.property('sessionControls')
  })

  const nothingLeft: readonly (readonly [what: string, change: object, said: RegExp])[] = [
    [
      'old mail clients',
      { conditions: conditions({ clientAppTypes: ['exchangeActiveSync'] }) },
      /clientAppTypes: is only about what does not exist here/,
    ],
    [
      'apps that sign in by themselves',
      {
        conditions: conditions({
          clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] },
        }),
      },
      /clientApplications: apps that sign in by themselves/,
    ],
    [
      'devices that join',
      {
        conditions: conditions({
          applications: { includeUserActions: ['urn:user:registerdevice'] },
        }),
      },
      /includeUserActions: is only about/,
    ],
    [
      'managed devices',
      { grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] } },
      /does nothing: give it grantControls/,
    ],
  ]
  for (const [what, change, said] of nothingLeft) {
    it(`makes no file of a policy that is only about ${what}, and says so`, () => {
      expect(importGraph([graphPolicy(change)]).policies).to.deep.equal([])
      expect(noted(graphPolicy(change)).join('\n')).to.match(said)
    })
  }

  it('gives each file a name of its own', () => {
    const names = importGraph([[graphPolicy(), graphPolicy(), graphPolicy({ displayName: '???' })]])
    expect(names.policies.map(({ name }) => name)).to.deep.equal([
      'ca001-require-mfa-outside-buro',
      'ca001-require-mfa-outside-buro-2',
      'imported',
    ])
  })

  it('knows countries, and says that GPS is none of ours', () => {
    const { locations, skipped } = importGraph([
      {
        displayName: 'Home',
        countriesAndRegions: ['DE'],
        includeUnknownCountriesAndRegions: false,
        countryLookupMethod: 'authenticatorAppGps',
      },
      { displayName: 'Something else' },
      'text',
    ])
    expect(locations[0]?.content).to.deep.equal({
      displayName: 'Home',
      countriesAndRegions: ['DE'],
      includeUnknownCountriesAndRegions: false,
    })
    expect(locations[0]?.notes.map(({ path }) => path)).to.deep.equal(['countryLookupMethod'])
    expect(skipped).to.deep.equal([
      { name: 'something-else', why: 'is neither a policy nor a named location' },
    ])
  })
})
