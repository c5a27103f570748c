import { expect } from 'chai'
import type { Attempt } from '../../../../../provider/signin/attempt.ts'
import { nextStep } from '../../../../../provider/signin/next-step.ts'
import { afterRefusal } from '../../../../../provider/signin/password/after-refusal.ts'
import type { NotOk } from '../../../../../provider/signin/problem.ts'

describe('after a password was refused', () => {
  const realms = [
    { name: 'here', suffixes: [], default: true, changePasswords: true },
    { name: 'elsewhere', suffixes: [], default: false, changePasswords: false },
  ]
  const here: Attempt = { username: 'alice', realm: 'here' }
  const elsewhere: Attempt = { username: 'alice', realm: 'elsewhere' }
  const changing: Attempt = { ...here, mustChange: 'passwordExpired' }
  const refused = (attempt: Attempt, outcome: NotOk) =>
    afterRefusal(attempt, { outcome, reference: 'REF' }, realms)
  const step = (attempt: Attempt) =>
    nextStep({ prompt: 'login', client: { id: 'a', name: 'A', firstParty: true } }, attempt).name

  for (const name of ['passwordExpired', 'mustChangePassword'] as const) {
    it(`asks for a new one at once, where it can be changed here: ${name}`, () => {
      const after = refused(here, { name })
      expect(after).to.deep.equal({ ...here, mustChange: name })
      expect(step(after)).to.equal('newPassword')
    })

    it(`says so and no more, where it cannot: ${name}`, () => {
      const after = refused(elsewhere, { name })
      expect(after).to.deep.equal({
        ...elsewhere,
        problem: { outcome: { name }, reference: 'REF' },
      })
      expect(step(after)).to.equal('password')
    })
  }

  for (const name of [
    'wrongOldPassword',
    'tooShort',
    'tooSimple',
    'inHistory',
    'banned',
  ] as const) {
    it(`lets the person try another one: ${name}`, () => {
      const after = refused(changing, { name })
      expect(step(after)).to.equal('newPassword')
      expect(after.problem).to.deep.equal({ outcome: { name }, reference: 'REF' })
    })
  }

  it('lets them try again when nobody could be asked', () => {
    expect(step(refused(changing, { name: 'unavailable', reason: 'noAgent' }))).to.equal(
      'newPassword',
    )
  })

  for (const name of ['notPermitted', 'tooRecent', 'accountLocked', 'accountDisabled'] as const) {
    it(`is back at the password when no new one will do: ${name}`, () => {
      const after = refused(changing, { name })
      expect(step(after)).to.equal('password')
      expect(after.problem).to.deep.equal({ outcome: { name }, reference: 'REF' })
    })
  }

  it('is what it was with a wrong password', () => {
    expect(step(refused(here, { name: 'wrongPassword' }))).to.equal('password')
  })
})
