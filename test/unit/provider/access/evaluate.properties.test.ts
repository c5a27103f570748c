import { expect } from 'chai'
import * as fc from 'fast-check'
import type { Decision, Verdict } from '../../../../provider/access/decision.ts'
import { evaluate } from '../../../../provider/access/evaluate.ts'
import type { NamedPolicy } from '../../../../provider/access/policy.ts'
import { preparePolicies } from '../../../../provider/access/prepare.ts'
import type { Signals } from '../../../../provider/access/signals.ts'
import { lessKnown, policies, signals } from './arbitrary-policies.ts'

const decide = (sign: Signals, rules: readonly NamedPolicy[]): Decision =>
  evaluate(sign, preparePolicies(rules))

const verdictOf = ({ result, blockedBy, requirements, session }: Verdict): Verdict => ({
  result,
  blockedBy,
  requirements,
  session,
})

/** What the decision says, without why. */
const applied = (decision: Decision): string[] =>
  decision.policies.filter(({ applies }) => applies).map(({ policy }) => policy)

/** Runs a property often enough to meet the corners, with a seed printed if it fails. */
const holds = <T extends unknown[]>(property: fc.IProperty<T>): void => {
  fc.assert(property, { numRuns: 500 })
}

describe('evaluate, whatever the policies and the sign-in', () => {
  it('has an answer, the same each time, with a reason for every condition', () => {
    holds(
      fc.property(signals, policies, (sign, rules) => {
        const decision = decide(sign, rules)
        expect(decide(sign, rules)).to.deep.equal(decision)
        const asked = rules.filter(({ state }) => state !== 'disabled')
        expect(decision.policies).to.have.length(asked.length)
        for (const { conditions } of decision.policies) {
          expect(conditions.length).to.be.at.least(2)
          for (const { because } of conditions) expect(because).not.to.equal('')
        }
      }),
    )
  })

  it('blocks if any enabled policy that applies blocks', () => {
    holds(
      fc.property(signals, policies, (sign, rules) => {
        const decision = decide(sign, rules)
        const blocking = rules
          .filter(({ state, grantControls }) => {
            return state === 'enabled' && grantControls?.builtInControls.includes('block')
          })
          .map(({ name }) => name)
        const said = applied(decision).filter((name) => blocking.includes(name))
        expect(decision.result === 'block').to.equal(said.length > 0)
        expect(decision.blockedBy.map(({ policy }) => policy)).to.deep.equal(said)
      }),
    )
  })

  it('does not care for the order of files', () => {
    holds(
      fc.property(
        signals,
        policies.chain((rules) =>
          fc.tuple(fc.constant(rules), fc.shuffledSubarray(rules, { minLength: rules.length })),
        ),
        (sign, [rules, shuffled]) => {
          expect(decide(sign, shuffled)).to.deep.equal(decide(sign, rules))
        },
      ),
    )
  })

  it('changes nothing because of report-only policies', () => {
    holds(
      fc.property(signals, policies, (sign, rules) => {
        const without = rules.filter(({ state }) => state === 'enabled')
        expect(verdictOf(decide(sign, rules))).to.deep.equal(verdictOf(decide(sign, without)))
      }),
    )
  })

  it('reports of report-only policies what they would do if they were enabled', () => {
    holds(
      fc.property(signals, policies, (sign, rules) => {
        const enabled = rules
          .filter(({ state }) => state !== 'disabled')
          .map((rule) => ({ ...rule, state: 'enabled' as const }))
        expect(decide(sign, rules).reportOnly).to.deep.equal(verdictOf(decide(sign, enabled)))
      }),
    )
  })

  it('is not widened by one more exclude, whatever is excluded', () => {
    holds(
      fc.property(
        signals,
        policies,
        fc.nat(),
        fc.constantFrom(...excludes),
        (sign, rules, n, add) => {
          const [rule] = rules.slice(n % Math.max(rules.length, 1))
          if (rule === undefined) return
          const narrower = rules.map((each) => (each === rule ? add(each) : each))
          expect(applied(decide(sign, rules))).to.include.members(applied(decide(sign, narrower)))
        },
      ),
    )
  })

  it('lets break-glass accounts in, and says so of each policy', () => {
    holds(
      fc.property(signals, policies, (sign, rules) => {
        const decision = decide({ ...sign, breakGlass: true }, rules)
        expect(verdictOf(decision)).to.deep.equal(verdictOf(decide(sign, [])))
        expect(decision.reportOnly).to.deep.equal(verdictOf(decision))
        expect(decision.policies.map(({ policy }) => policy)).to.deep.equal(
          decide(sign, rules).policies.map(({ policy }) => policy),
        )
        for (const { applies, conditions } of decision.policies) {
          expect(applies).to.equal(false)
          expect(conditions[0]?.because).to.include('break-glass')
        }
      }),
    )
  })

  it('is never milder because less is known', () => {
    holds(
      fc.property(lessKnown, policies, ([more, less], rules) => {
        const sure = decide(more, rules)
        const unsure = decide(less, rules)
        expect(applied(unsure)).to.include.members(applied(sure))
        if (sure.result === 'block') expect(unsure.result).to.equal('block')
        if (unsure.result === 'block') return
        expect(unsure.requirements).to.deep.include.members([...sure.requirements])
        expect(isAsStrict(unsure, sure)).to.equal(true)
      }),
    )
  })

  it('is never milder because of one more policy', () => {
    holds(
      fc.property(signals, policies, (sign, rules) => {
        const fewer = decide(sign, rules.slice(1))
        const all = decide(sign, rules)
        if (fewer.result === 'block') expect(all.result).to.equal('block')
        if (all.result === 'block') return
        expect(all.requirements).to.deep.include.members([...fewer.requirements])
      }),
    )
  })
})

type Rewrite = (rule: NamedPolicy) => NamedPolicy

const inConditions = (change: (conditions: NamedPolicy['conditions']) => object): Rewrite => {
  return (rule) => ({ ...rule, conditions: { ...rule.conditions, ...change(rule.conditions) } })
}

const excludes: readonly Rewrite[] = [
  inConditions(({ users }) => ({
    users: { ...users, excludeUsers: [...users.excludeUsers, 'ada@corp.example'] },
  })),
  inConditions(({ users }) => ({
    users: { ...users, excludeGroups: [...users.excludeGroups, 'staff'] },
  })),
  inConditions(({ users }) => ({
    users: { ...users, excludeRoles: [...users.excludeRoles, 'auditor'] },
  })),
  inConditions(({ applications }) => ({
    applications: {
      ...applications,
      excludeApplications: [...applications.excludeApplications, 'shop'],
    },
  })),
  inConditions(({ locations = { includeLocations: [], excludeLocations: [] } }) => ({
    locations: { ...locations, excludeLocations: [...locations.excludeLocations, 'office'] },
  })),
  inConditions(({ platforms = { includePlatforms: ['all'], excludePlatforms: [] } }) => ({
    platforms: { ...platforms, excludePlatforms: [...platforms.excludePlatforms, 'iOS'] },
  })),
  inConditions(({ times = { timeZone: 'UTC', includeTimes: [], excludeTimes: [] } }) => ({
    times: { ...times, excludeTimes: [...times.excludeTimes, { from: '12:00', to: '06:00' }] },
  })),
  (rule) => ({
    ...rule,
    exceptions: [
      ...rule.exceptions,
      { users: [], groups: ['staff'], roles: [], until: '2026-12-31', timeZone: 'UTC' },
    ],
  }),
]

/** `always` and a remembered browser are the mild things that a policy can say of a session. */
function isAsStrict(a: Verdict, b: Verdict): boolean {
  const seconds = ['signInFrequency', 'secondFactorFrequency', 'tokenLifetime'] as const
  const shorter = seconds.every((name) => {
    const limit = b.session[name]?.value ?? Number.POSITIVE_INFINITY
    return (a.session[name]?.value ?? Number.POSITIVE_INFINITY) <= limit
  })
  const mildness = (mode: 'always' | 'never' | undefined): number =>
    ['never', undefined, 'always'].indexOf(mode)
  const mode = mildness(a.session.persistentBrowser?.value)
  const days = ({ session }: Verdict): number => session.rememberBrowser?.value ?? 0
  return days(a) <= days(b) && shorter && mode <= mildness(b.session.persistentBrowser?.value)
}
