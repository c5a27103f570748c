import { expect } from 'chai'
import type { Control, Requirement } from '../../../../provider/access/decision.ts'
import { outstanding } from '../../../../provider/access/outstanding.ts'

const all: readonly Control[] = [
  'mfa',
  'passwordChange',
  'secondOpinion',
  'termsOfUse:staff',
  'authenticationStrength:multifactor',
  'authenticationStrength:phishingResistant',
]
const strong = 'authenticationStrength:phishingResistant'

const needs = (operator: 'AND' | 'OR', ...controls: Control[]): Requirement => ({
  policy: 'p',
  operator,
  controls,
})

const next = (
  requirements: Requirement[],
  satisfied: Control[] = [],
  available: readonly Control[] = all,
): unknown => {
  const found = outstanding(requirements, { satisfied, available })
  return found.next === 'ask' ? found.control : found.next
}

describe('what is outstanding', () => {
  it('is nothing where nothing is required, or all of it was shown', () => {
    expect(next([])).to.equal('nothing')
    expect(next([needs('AND', 'mfa', 'termsOfUse:staff')], ['mfa', 'termsOfUse:staff'])).to.equal(
      'nothing',
    )
  })

  it('is one thing at a time: what costs the person least and shuts out a thief soonest', () => {
    const required = [
      needs('AND', 'termsOfUse:staff', 'mfa', 'passwordChange'),
      needs('AND', 'secondOpinion'),
    ]
    expect(next(required)).to.equal('secondOpinion')
    expect(next(required, ['secondOpinion'])).to.equal('mfa')
    expect(next(required, ['secondOpinion', 'mfa'])).to.equal('passwordChange')
    expect(next(required, ['secondOpinion', 'mfa', 'passwordChange'])).to.equal('termsOfUse:staff')
  })

  it('is the strong factor before any factor, so that one is asked for and not two', () => {
    const required = [needs('AND', 'mfa'), needs('AND', strong)]
    expect(next(required)).to.equal(strong)
    expect(next(required, [strong, 'mfa'])).to.equal('nothing')
    expect(next(required, ['mfa'])).to.equal(strong)
  })

  it('is one of several where one is enough: one that can be had', () => {
    const either = [needs('OR', 'mfa', 'termsOfUse:staff')]
    expect(next(either)).to.equal('mfa')
    expect(next(either, [], ['termsOfUse:staff'])).to.equal('termsOfUse:staff')
    expect(next(either, ['termsOfUse:staff'])).to.equal('nothing')
  })

  describe('of somebody who has no second factor', () => {
    const mild: Requirement = { ...needs('AND', 'mfa', 'termsOfUse:staff'), skips: 3 }
    const milder: Requirement = { ...needs('AND', strong), skips: 9 }
    const ask = (requirements: Requirement[], more: object) => {
      const found = outstanding(requirements, { satisfied: [], available: all, ...more })
      return found.next === 'ask' ? [found.control, found.skips] : found.next
    }

    it('can be put off as often as the strictest of all that ask for one says', () => {
      expect(ask([mild, milder], { putOffs: 1 })).to.deep.equal([strong, { left: 2, most: 3 }])
      expect(ask([mild], { putOffs: 3 })).to.deep.equal(['mfa', undefined])
      expect(ask([mild, needs('AND', strong)], { putOffs: 0 })).to.deep.equal([strong, undefined])
      expect(ask([mild, needs('AND', 'termsOfUse:staff')], { putOffs: 0 })).to.deep.equal([
        'mfa',
        { left: 3, most: 3 },
      ])
    })

    it('leaves all else to ask, and nothing is put off that a policy does not let them', () => {
      const isPutOff = { isPutOff: true, putOffs: 3 }
      expect(ask([mild, milder], isPutOff)).to.deep.equal(['termsOfUse:staff', undefined])
      expect(ask([mild], { isPutOff: true, putOffs: 4 })).to.deep.equal(['mfa', undefined])
      expect(ask([needs('AND', 'mfa')], isPutOff)).to.deep.equal(['mfa', undefined])
    })

    it('is not put off by whoever has a factor', () => {
      expect(ask([mild], {})).to.deep.equal(['mfa', undefined])
      expect(ask([mild], { isPutOff: true })).to.deep.equal(['mfa', undefined])
    })
  })

  it('is refused at once if it cannot be had, before anything else is asked for', () => {
    const required = [needs('AND', 'termsOfUse:staff'), needs('AND', 'termsOfUse:staff', 'mfa')]
    expect(outstanding(required, { satisfied: [], available: ['termsOfUse:staff'] })).to.deep.equal(
      {
        next: 'refuse',
        controls: ['termsOfUse:staff', 'mfa'],
        requirement: required[1],
      },
    )
  })
})
