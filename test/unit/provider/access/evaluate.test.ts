import { expect } from 'chai'
import type { Decision, Match, PolicyResult } from '../../../../provider/access/decision.ts'
import { evaluate } from '../../../../provider/access/evaluate.ts'
import type { NamedPolicy } from '../../../../provider/access/policy.ts'
import { preparePolicies } from '../../../../provider/access/prepare.ts'
import type { Signals } from '../../../../provider/access/signals.ts'
import { samplePolicy } from './sample-policy.ts'

const decide = (signals: Signals, ...policies: NamedPolicy[]): Decision =>
  evaluate(signals, preparePolicies(policies))

const only = (signals: Signals, policy: NamedPolicy): PolicyResult => {
  const [result] = decide(signals, policy).policies
  if (!result) throw new Error('expected a result')
  return result
}

/** What a policy with these conditions makes of sign-ins, each with what it should be. */
type Examples = readonly (readonly [what: string, signals: Signals, match: Match, why: RegExp])[]

const examples: readonly (readonly [name: string, conditions: object, examples: Examples])[] = [
  [
    'users',
    { users: { includeUsers: ['Ada@Corp.example', 'corp:1'], excludeGroups: ['Break-Glass'] } },
    [
      [
        'a name in other letters',
        { user: ['ada@corp.example'], groups: [] },
        'matched',
        /user Ada/,
      ],
      ['a sub', { user: ['x@y', 'corp:1'], groups: ['staff'] }, 'matched', /user corp:1/],
      [
        'another person',
        { user: ['bob@corp.example'], groups: [] },
        'notMatched',
        /not one of its/,
      ],
      [
        'an excluded group',
        { user: ['corp:1'], groups: ['break-glass'] },
        'notMatched',
        /excluded/,
      ],
      ['groups that are not known', { user: ['corp:1'] }, 'unknown', /excluded or not: group not/],
      ['a person who is not known', { groups: [] }, 'unknown', /user not known/],
      ['nobody known, but excluded', { groups: ['break-glass'] }, 'notMatched', /excluded/],
    ],
  ],
  [
    'users',
    { users: { includeGroups: ['admins'], includeRoles: ['auditor'] } },
    [
      ['a group', { groups: ['staff', 'admins'] }, 'matched', /group admins/],
      ['a role', { groups: ['staff'], roles: ['auditor'] }, 'matched', /role auditor/],
      ['neither', { groups: [], roles: [] }, 'notMatched', /not one of its groups/],
      ['a role not known and no group', { groups: [] }, 'unknown', /role not known/],
    ],
  ],
  ['users', { users: { includeUsers: ['None'] } }, [['anybody', {}, 'notMatched', /nobody/]]],
  [
    'applications',
    { applications: { includeApplications: ['All'], excludeApplications: ['wiki'] } },
    [
      ['any app', { app: 'shop' }, 'matched', /every app/],
      ['the excluded one', { app: 'wiki' }, 'notMatched', /excluded: app wiki/],
      ['an app that is not known', {}, 'unknown', /app not known/],
      ['a user action', { userAction: 'urn:user:registersecurityinfo' }, 'notMatched', /action/],
    ],
  ],
  [
    'applications',
    { applications: { includeApplications: ['All'] } },
    [
      ['any app', { app: 'shop' }, 'matched', /every app/],
      ['an app or an action', {}, 'unknown', /not known which/],
    ],
  ],
  [
    'applications',
    { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } },
    [
      ['it', { userAction: 'urn:user:registersecurityinfo' }, 'matched', /user action/],
      ['an app', { app: 'shop' }, 'notMatched', /not one of its/],
      ['neither known', {}, 'unknown', /not known/],
    ],
  ],
  [
    'applications',
    { applications: { includeAuthenticationContextClassReferences: ['c1'] } },
    [
      [
        'an app that asks for it',
        { app: 'a', authenticationContexts: ['c2', 'c1'] },
        'matched',
        /c1/,
      ],
      [
        'one that does not',
        { app: 'a', authenticationContexts: [] },
        'notMatched',
        /not one of its/,
      ],
      ['one of which that is not known', { app: 'a' }, 'unknown', /not known/],
      ['no app that could ask', { authenticationContexts: ['c1'] }, 'unknown', /not known/],
    ],
  ],
  [
    'clientAppTypes',
    { clientAppTypes: ['other'] },
    [
      ['it', { clientAppType: 'other' }, 'matched', /other/],
      ['another', { clientAppType: 'browser' }, 'notMatched', /not one of its/],
      ['not known', {}, 'unknown', /not known/],
    ],
  ],
  ['clientAppTypes', { clientAppTypes: ['all'] }, [['not known', {}, 'matched', /all/]]],
  [
    'locations',
    { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted', 'home'] } },
    [
      ['elsewhere', where([], [], false), 'matched', /any location/],
      ['a trusted place', where([], [], true), 'notMatched', /excluded: a trusted location/],
      ['an excluded place', where(['home'], [], false), 'notMatched', /excluded: location home/],
      ['perhaps there', where([], ['home'], false), 'unknown', /whether in location home is not/],
      ['trusted or not', where([], []), 'unknown', /trusted location is not known/],
      ['nowhere known', {}, 'unknown', /not known/],
    ],
  ],
  [
    'locations',
    { locations: { includeLocations: ['abroad'] } },
    [
      ['there', where(['abroad'], []), 'matched', /location abroad/],
      ['elsewhere', where(['office'], []), 'notMatched', /not in location abroad/],
      ['perhaps there', where([], ['abroad']), 'unknown', /abroad is not known/],
    ],
  ],
  [
    'platforms',
    { platforms: { includePlatforms: ['all'], excludePlatforms: ['windows', 'macOS'] } },
    [
      ['another', { platform: 'linux' }, 'matched', /any platform/],
      ['an excluded one', { platform: 'macOS' }, 'notMatched', /excluded: platform macOS/],
      ['none that is known', {}, 'unknown', /platform not known/],
    ],
  ],
  [
    'signInRiskLevels',
    { signInRiskLevels: ['medium', 'high'] },
    [
      ['one of them', { signInRisk: 'high' }, 'matched', /high/],
      ['a lower one', { signInRisk: 'none' }, 'notMatched', /not one of its sign-in risks/],
      ['not known', {}, 'unknown', /not known/],
    ],
  ],
  [
    'userRiskLevels',
    { userRiskLevels: ['high'] },
    [
      ['it', { userRisk: 'high' }, 'matched', /high/],
      ['not known', {}, 'unknown', /not known/],
    ],
  ],
  [
    'authenticationFlows',
    { authenticationFlows: { transferMethods: ['deviceCodeFlow'] } },
    [
      ['it', { authenticationFlow: 'deviceCodeFlow' }, 'matched', /deviceCodeFlow/],
      ['the usual way', { authenticationFlow: 'none' }, 'notMatched', /not one of its/],
      ['not known', {}, 'unknown', /not known/],
    ],
  ],
]

function where(inside: string[], unsure: string[], trusted?: boolean): Signals {
  return { whereabouts: { inside, unsure, ...(trusted === undefined ? {} : { trusted }) } }
}

describe('a condition of a policy', () => {
  for (const [name, given, signIns] of examples) {
    const policy = samplePolicy({ conditions: given })
    for (const [what, signals, match, why] of signIns) {
      it(`${JSON.stringify(given)} says ${match} of ${what}`, () => {
        const found = only(signals, policy).conditions.find(({ condition }) => condition === name)
        expect(found?.match).to.equal(match)
        expect(found?.because).to.match(why)
      })
    }
  }

  it('that is left out holds for every sign-in, and is not listed', () => {
    const { match, conditions: listed } = only({ app: 'shop' }, samplePolicy({}))
    expect(match).to.equal('matched')
    expect(listed.map(({ condition }) => condition)).to.deep.equal(['users', 'applications'])
  })
})

describe('times of a policy', () => {
  const at = (text: string): Signals => ({ app: 'shop', at: Date.parse(text) })
  const matchAt = (times: object, text: string): Match =>
    only(at(text), samplePolicy({ conditions: { times: { timeZone: 'Europe/Berlin', ...times } } }))
      .match

  it('are those of the place, also when its clocks change', () => {
    const hours = { includeTimes: [{ from: '08:00', to: '18:00' }] }
    expect(matchAt(hours, '2026-03-28T07:00:00Z'), 'winter').to.equal('matched')
    expect(matchAt(hours, '2026-03-28T06:59:59Z'), 'winter').to.equal('notMatched')
    expect(matchAt(hours, '2026-03-29T06:00:00Z'), 'summer').to.equal('matched')
    expect(matchAt(hours, '2026-03-29T16:00:00Z'), 'its end').to.equal('notMatched')
  })

  it('go past midnight into the next day, whatever day that is', () => {
    const night = { includeTimes: [{ days: ['friday'], from: '22:00', to: '06:00' }] }
    expect(matchAt(night, '2026-11-20T22:30:00+01:00'), 'Friday night').to.equal('matched')
    expect(matchAt(night, '2026-11-21T05:59:00+01:00'), 'Saturday morning').to.equal('matched')
    expect(matchAt(night, '2026-11-21T22:30:00+01:00'), 'Saturday night').to.equal('notMatched')
    expect(matchAt(night, '2026-11-20T05:00:00+01:00'), 'Friday morning').to.equal('notMatched')
  })

  it('can be whole days, and the end of one', () => {
    const sunday = { includeTimes: [{ days: ['sunday'] }] }
    expect(matchAt(sunday, '2026-11-21T23:00:00Z')).to.equal('matched')
    expect(matchAt(sunday, '2026-11-21T22:59:00Z')).to.equal('notMatched')
    const evening = { includeTimes: [{ from: '20:00', to: '24:00' }] }
    expect(matchAt(evening, '2026-11-21T22:59:59Z')).to.equal('matched')
    expect(matchAt(evening, '2026-11-21T23:00:00Z')).to.equal('notMatched')
  })

  it('can be those that are left out', () => {
    const notAtNoon = { excludeTimes: [{ from: '12:00', to: '13:00' }] }
    expect(matchAt(notAtNoon, '2026-11-21T12:30:00+01:00')).to.equal('notMatched')
    expect(matchAt(notAtNoon, '2026-11-21T13:00:00+01:00')).to.equal('matched')
  })

  it('are unknown while the time is', () => {
    const times = { timeZone: 'UTC', includeTimes: [{ from: '08:00', to: '09:00' }] }
    expect(only({}, samplePolicy({ conditions: { times } })).match).to.equal('unknown')
  })
})

describe('an exception of a policy', () => {
  const policy = samplePolicy({
    exceptions: [{ users: ['ada@corp.example'], until: '2026-11-20', timeZone: 'Europe/Berlin' }],
  })
  const ada = { app: 'shop', user: ['ada@corp.example'] }

  it('holds for whom it names, to the end of its last day there', () => {
    const last = only({ ...ada, at: Date.parse('2026-11-20T22:59:59Z') }, policy)
    expect(last.match).to.equal('notMatched')
    expect(last.conditions[1]).to.deep.include({ condition: 'exceptions' })
    expect(last.conditions[1]?.because).to.equal(
      'excluded: user ada@corp.example, until 2026-11-20',
    )
    expect(only({ ...ada, at: Date.parse('2026-11-20T23:00:00Z') }, policy).match).to.equal(
      'matched',
    )
  })

  it('is for nobody else', () => {
    const bob = { app: 'shop', user: ['bob@corp.example'], at: Date.parse('2026-01-01') }
    expect(only(bob, policy).match).to.equal('matched')
  })

  it('is given to nobody while time or person is not known', () => {
    expect(only(ada, policy).match).to.equal('unknown')
    expect(only({ app: 'shop', at: Date.parse('2026-01-01') }, policy).match).to.equal('unknown')
    expect(only({ app: 'shop', at: Date.parse('2027-01-01') }, policy).match).to.equal('matched')
  })
})

describe('policies together', () => {
  const block = samplePolicy({
    name: 'b-block',
    reason: 'Not from here.',
    grantControls: { builtInControls: ['block'] },
  })
  const terms = samplePolicy({
    name: 'c-terms',
    grantControls: { operator: 'OR', builtInControls: ['mfa'], termsOfUse: ['staff'] },
  })

  it('all have to be met', () => {
    const strong = samplePolicy({
      name: 'a',
      reason: 'You are an administrator.',
      grantControls: { authenticationStrength: 'phishingResistant' },
    })
    const { result, requirements, blockedBy } = decide({}, terms, strong)
    expect({ result, blockedBy }).to.deep.equal({ result: 'ask', blockedBy: [] })
    expect(requirements).to.deep.equal([
      {
        policy: 'a',
        reason: 'You are an administrator.',
        operator: 'AND',
        controls: ['authenticationStrength:phishingResistant'],
      },
      { policy: 'c-terms', operator: 'OR', controls: ['mfa', 'termsOfUse:staff'] },
    ])
  })

  it('block if one of them does, and say which and why', () => {
    const { result, blockedBy, requirements, session } = decide({}, terms, block)
    expect({ result, requirements, session }).to.deep.equal({
      result: 'block',
      requirements: [],
      session: {},
    })
    expect(blockedBy).to.deep.equal([{ policy: 'b-block', reason: 'Not from here.' }])
  })

  it('allow if none has anything to say', () => {
    expect(decide({}).result).to.equal('allow')
    expect(decide({ app: 'x' }, samplePolicy({ state: 'disabled' }))).to.deep.equal({
      result: 'allow',
      blockedBy: [],
      requirements: [],
      session: {},
      reportOnly: { result: 'allow', blockedBy: [], requirements: [], session: {} },
      policies: [],
    })
  })

  it('that only report are listed with what they would have done', () => {
    const reporting = { ...block, state: 'enabledForReportingButNotEnforced' as const }
    const { result, reportOnly, policies } = decide({}, reporting, terms)
    expect(result).to.equal('ask')
    expect(reportOnly.result).to.equal('block')
    expect(policies.map(({ policy, applies }) => [policy, applies])).to.deep.equal([
      ['b-block', true],
      ['c-terms', true],
    ])
  })

  it('limit the session as strictly as the strictest, and say whose limit that is', () => {
    const limits = (name: string, sessionControls: object): NamedPolicy =>
      samplePolicy({ name, sessionControls })
    const { session, result } = decide(
      {},
      limits('a', {
        signInFrequency: { value: 2, type: 'days' },
        persistentBrowser: { mode: 'always' },
        tokenLifetime: { value: 1, type: 'hours' },
      }),
      limits('b', {
        signInFrequency: { value: 12, type: 'hours' },
        persistentBrowser: { mode: 'never' },
        tokenLifetime: { value: 30, type: 'minutes' },
      }),
      limits('c', {
        signInFrequency: {
          frequencyInterval: 'everyTime',
          authenticationType: 'secondaryAuthentication',
        },
      }),
    )
    expect(result).to.equal('allow')
    expect(session).to.deep.equal({
      signInFrequency: { value: 43_200, policy: 'b' },
      secondFactorFrequency: { value: 0, policy: 'c' },
      persistentBrowser: { value: 'never', policy: 'b' },
      tokenLifetime: { value: 1800, policy: 'b' },
    })
  })

  it('let a browser be remembered for the shortest time, and not because of what is not known', () => {
    const days = (name: string, value: number, conditions = {}): NamedPolicy =>
      samplePolicy({ name, conditions, sessionControls: { rememberBrowser: { value } } })
    const inside = { locations: { includeLocations: ['AllTrusted'] } }
    expect(decide({ app: 'shop' }, days('a', 14), days('b', 7)).session).to.deep.equal({
      rememberBrowser: { value: 7 * 86_400, policy: 'b' },
    })
    expect(decide({ app: 'shop' }, days('a', 14, inside)).session).to.deep.equal({})
    expect(decide({ app: 'shop' }, days('a', 14, inside), days('b', 30)).session).to.deep.equal({
      rememberBrowser: { value: 14 * 86_400, policy: 'a' },
    })
  })

  it('keep no browser signed in because of what is not known', () => {
    const keep = samplePolicy({
      sessionControls: { persistentBrowser: { mode: 'always' } },
      conditions: { locations: { includeLocations: ['AllTrusted'] } },
    })
    expect(decide({ app: 'shop', ...where([], [], true) }, keep).session).to.have.property(
      'persistentBrowser',
    )
    expect(decide({ app: 'shop' }, keep).session).to.deep.equal({})
  })
})
