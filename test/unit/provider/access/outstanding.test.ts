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
