import { expect } from 'chai'
import { locationsFile, noLocations } from '../../../../../provider/access/locations.ts'
import type { NamedPolicy } from '../../../../../provider/access/policy.ts'
import { policyWarnings } from '../../../../../provider/access/warnings/warnings.ts'
import { samplePolicy } from '../sample-policy.ts'

const locations = locationsFile.parse({
  locations: {
    office: { ipRanges: ['192.0.2.0/24'], isTrusted: true },
    home: { ipRanges: ['198.51.100.0/24'] },
  },
})

/** What is warned of, as `policy path: message`. */
function warned(...policies: NamedPolicy[]): string[] {
  const now = Date.parse('2026-11-21T12:00:00Z')
  return policyWarnings({ policies, locations, now }).map(
    ({ policy, path, message }) => `${policy} ${path.join('.')}: ${message}`,
  )
}

/** Nobody who signs in would miss an account for emergencies here. */
const users = { includeUsers: ['All'], excludeGroups: ['break-glass'] }
const block = { builtInControls: ['block'] }
const sample = (name: string, conditions: object, fields: object = {}): NamedPolicy =>
  samplePolicy({ name, conditions: { users, ...conditions }, ...fields })

describe('a policy is warned of', () => {
  it('not at all if it is as it should be', () => {
    expect(
      warned(
        sample('a', {}),
        sample('b', { platforms: { includePlatforms: ['iOS'] } }, { grantControls: block }),
      ),
    ).to.deep.equal([])
  })

  const never: readonly (readonly [conditions: object, said: string])[] = [
    [{ users: { includeUsers: ['None'] } }, 'users: can never match: nobody is included'],
    [
      {
        users: {
          includeUsers: ['Ada'],
          includeGroups: ['staff'],
          excludeUsers: ['ada'],
          excludeGroups: ['Staff', 'x'],
        },
      },
      'users: can never match: everyone who is included is excluded',
    ],
    [
      { applications: { includeApplications: ['None'] } },
      'applications: can never match: no app is included',
    ],
    [
      { applications: { includeApplications: ['wiki'], excludeApplications: ['wiki', 'shop'] } },
      'applications: can never match: every app that is included is excluded',
    ],
    [
      { locations: { includeLocations: ['office'], excludeLocations: ['AllTrusted'] } },
      'locations: can never match: every location that is included is excluded',
    ],
    [
      { platforms: { includePlatforms: ['iOS'], excludePlatforms: ['iOS', 'android'] } },
      'platforms: can never match: every platform that is included is excluded',
    ],
    [
      {
        times: {
          timeZone: 'UTC',
          includeTimes: [{ days: ['monday'], from: '22:00', to: '02:00' }],
          excludeTimes: [{ days: ['monday', 'tuesday'] }],
        },
      },
      'times: can never match: all times that are included are excluded',
    ],
  ]
  for (const [conditions, said] of never) {
    it(`if it can never match: ${JSON.stringify(conditions)}`, () => {
      expect(warned(sample('p', conditions))).to.deep.equal([`p conditions.${said}`])
    })
  }

  it('not if one of its conditions can still be met', () => {
    const open = [
      { users: { includeUsers: ['ada'], includeGroups: ['staff'], excludeUsers: ['ada'] } },
      { locations: { includeLocations: ['home', 'office'], excludeLocations: ['AllTrusted'] } },
      { platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS'] } },
      {
        times: {
          timeZone: 'UTC',
          includeTimes: [{ days: ['monday'], from: '22:00', to: '02:00' }],
          excludeTimes: [{ days: ['monday'] }],
        },
      },
    ]
    for (const conditions of open) expect(warned(sample('p', conditions))).to.deep.equal([])
  })

  it('if an exception is over', () => {
    const exceptions = [
      { users: ['ada'], until: '2026-11-20' },
      { users: ['bob'], until: '2026-11-21' },
    ]
    expect(warned(sample('p', {}, { exceptions }))).to.deep.equal([
      'p exceptions.0.until: is over, and counts for nobody any more: take it out',
    ])
  })

  it('if it lets nobody in', () => {
    expect(warned(sample('p', {}, { grantControls: block }))).to.deep.equal([
      'p grantControls: blocks every sign-in of everyone it does not exclude',
    ])
  })

  it('if it lets nobody in together with another', () => {
    const outside = { locations: { includeLocations: ['All'], excludeLocations: ['office'] } }
    const inside = { locations: { includeLocations: ['office'] } }
    const at = (name: string, conditions: object) =>
      sample(name, conditions, { grantControls: block })
    expect(warned(at('p', outside), at('q', inside))).to.deep.equal([
      'p grantControls: together with q blocks every sign-in of everyone',
      'q grantControls: together with p blocks every sign-in of everyone',
    ])
    const morning = { from: '06:00', to: '18:00' }
    const hours = (times: object) => ({ times: { timeZone: 'Europe/Berlin', ...times } })
    expect(
      warned(
        at('p', hours({ includeTimes: [morning] })),
        at('q', hours({ excludeTimes: [morning] })),
      ),
    ).to.have.length(2)
    expect(warned(at('p', outside), at('q', hours({ excludeTimes: [morning] })))).to.deep.equal([])
  })

  it('not of lock-out while it only reports', () => {
    const state = 'enabledForReportingButNotEnforced'
    expect(warned(sample('p', {}, { grantControls: block, state }))).to.deep.equal([])
  })

  it('if it leaves nobody out for emergencies', () => {
    expect(warned(samplePolicy({ name: 'p' }))).to.deep.equal([
      'p conditions.users: excludes nobody: leave out an account for emergencies (break-glass)',
    ])
    expect(warned(samplePolicy({ name: 'p', state: 'disabled' }))).to.deep.equal([])
    const oneApp = {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['x'] },
    }
    expect(warned(sample('p', oneApp)), 'one app alone').to.deep.equal([])
  })

  it('not of leaving nobody out where there is a break-glass account', () => {
    const policies = [samplePolicy({ name: 'p' })]
    const set = { policies, locations: noLocations, now: 0 }
    expect(policyWarnings(set)).to.have.length(1)
    expect(policyWarnings({ ...set, hasBreakGlass: true })).to.deep.equal([])
  })

  it('if it leaves out others than the other policies do', () => {
    const other = { users: { includeUsers: ['All'], excludeGroups: ['emergency'] } }
    const trusted = { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }
    const grantControls = { builtInControls: ['secondOpinion'] }
    expect(
      warned(
        sample('a', trusted),
        sample('b', {}, { grantControls }),
        sample('c', { ...other, platforms: { includePlatforms: ['iOS'] } }),
      ),
    ).to.deep.equal([
      'c conditions.users: does not exclude group break-glass, as other policies do: nobody is left out of all of them',
    ])
  })
})

describe('a policy is shadowed', () => {
  const changesNothing = (name: string, above: string, why: string): string =>
    `${name} : changes nothing: ${above} ${why}`
  const blocks = 'blocks wherever this one applies'
  const asks = 'asks for all of it wherever it applies'
  const phones = { platforms: { includePlatforms: ['iOS', 'android'] } }

  it('by one that blocks wherever it applies', () => {
    const wide = sample('z', phones, { grantControls: block })
    const narrow = sample('a', { platforms: { includePlatforms: ['iOS'] } })
    expect(warned(wide, narrow)).to.deep.equal([changesNothing('a', 'z', blocks)])
  })

  it('by one that asks for the same of more people', () => {
    const admins = sample('a', {
      users: { includeGroups: ['admins'], excludeGroups: ['break-glass'] },
    })
    expect(warned(admins, sample('b', {}))).to.deep.equal([changesNothing('a', 'b', asks)])
  })

  it('if it is there twice, the second time', () => {
    expect(warned(sample('b', {}), sample('a', {}))).to.deep.equal([changesNothing('b', 'a', asks)])
  })

  const notShadowed: readonly (readonly [why: string, below: NamedPolicy, above: NamedPolicy])[] = [
    [
      'the other excludes somebody that it does not',
      sample(
        'a',
        { users: { includeUsers: ['All'], excludeUsers: ['x'] } },
        { sessionControls: { persistentBrowser: { mode: 'never' } } },
      ),
      sample('b', {}, { sessionControls: { persistentBrowser: { mode: 'never' } } }),
    ],
    [
      'the other only reports',
      sample('a', phones),
      sample('b', {}, { state: 'enabledForReportingButNotEnforced' }),
    ],
    [
      'it asks for more',
      sample('a', {}, { grantControls: { builtInControls: ['mfa', 'secondOpinion'] } }),
      sample('b', {}),
    ],
    [
      'the other is content with one of two things',
      sample('a', phones),
      sample(
        'b',
        {},
        { grantControls: { operator: 'OR', builtInControls: ['mfa', 'secondOpinion'] } },
      ),
    ],
    [
      'its session is shorter',
      sample('a', phones, { sessionControls: { signInFrequency: { value: 1, type: 'hours' } } }),
      sample('b', {}, { sessionControls: { signInFrequency: { value: 1, type: 'days' } } }),
    ],
    [
      'it has its own times',
      sample('a', {}),
      sample('b', { times: { timeZone: 'UTC', includeTimes: [{ days: ['monday'] }] } }),
    ],
    [
      'it is about an action and not an app',
      sample('a', { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } }),
      sample('b', {}),
    ],
    [
      'it is about other places',
      sample('a', {}),
      sample('b', { locations: { includeLocations: ['home'] } }),
    ],
    [
      'the other makes an exception',
      sample('a', {}),
      sample('b', {}, { exceptions: [{ users: ['x'], until: '2027-01-01' }] }),
    ],
  ]
  for (const [why, below, above] of notShadowed) {
    it(`not if ${why}`, () => {
      const shadows = warned(below, above).filter(
        (line) => line.startsWith('a ') && line.includes('changes nothing'),
      )
      expect(shadows).to.deep.equal([])
    })
  }
})
