import { expect } from 'chai'
import {
  hasEnded,
  heardFrom,
  isDue,
  isOldPassword,
  isUnheard,
} from '../../../../../provider/oidc/accounts/standing.ts'
import { refusedNames, unavailableReasons } from '../../../../../shared/outcome.ts'

describe('what a lookup comes to', () => {
  const account = { id: '42', claims: {} }

  it('is an end for those who can use their account no more, and for nobody else', () => {
    const ended = refusedNames.filter((name) => 'over' in heardFrom({ name }, '42'))
    expect(ended).to.have.members(['unknownUser', 'accountDisabled', 'accountExpired', 'notNow'])
  })

  it('is nothing where nobody could tell, but for a backend that never can', () => {
    const heard = unavailableReasons.filter((reason) => {
      const told = heardFrom({ name: 'unavailable', reason }, '42')
      return !('news' in told && told.news === 'unheard')
    })
    expect(heard).to.deep.equal(['cannotLookUp'])
  })

  it('is about the account that was asked about', () => {
    expect(heardFrom({ name: 'ok', account }, '42')).to.deep.equal({ news: account })
    expect(heardFrom({ name: 'ok', account }, '43')).to.deep.equal({ news: 'unheard' })
  })
})

describe('when the directory is asked', () => {
  const account = { id: '42', claims: {} }
  const minute = 60_000

  it('is every so often, and a little more often while it does not answer', () => {
    const heardAt = 100 * minute
    expect(isDue({ account, heardAt }, 300, heardAt + 5 * minute - 1)).to.equal(false)
    expect(isDue({ account, heardAt }, 300, heardAt + 5 * minute)).to.equal(true)
    const triedAt = heardAt + 5 * minute
    expect(isDue({ account, heardAt, triedAt }, 300, triedAt + 29_999)).to.equal(false)
    expect(isDue({ account, heardAt, triedAt }, 300, triedAt + 30_000)).to.equal(true)
  })

  it('and does not answer, everything goes on for a set time', () => {
    const settings = { every: 300, goOnFor: 600 }
    const heardAt = 100 * minute
    const now = heardAt + 10 * minute
    expect(isUnheard({ account, heardAt, triedAt: now }, settings, now)).to.equal(false)
    expect(isUnheard({ account, heardAt, triedAt: now }, settings, now + 1)).to.equal(true)
  })

  it('and nothing was asked for long, since nobody came, that is no outage', () => {
    const settings = { every: 300, goOnFor: 600 }
    const [heardAt, triedAt] = [100 * minute, 99 * minute]
    expect(isUnheard({ account, heardAt }, settings, 900 * minute)).to.equal(false)
    expect(isUnheard({ account, heardAt, triedAt }, settings, 900 * minute)).to.equal(false)
  })
})

describe('a sign-in', () => {
  const signIn = { at: 100, session: 's' }

  it('is over if it began before the end, and in that second by its name', () => {
    const ended = { since: 100, signIns: [{ at: 100, session: 'other' }] }
    expect(hasEnded(ended, { at: 99, session: 's' })).to.equal(true)
    expect(hasEnded(ended, signIn)).to.equal(false)
    expect(hasEnded(ended, { at: 100, session: 'other' })).to.equal(true)
    // A browser keeps its session's name when somebody signs in anew.
    expect(hasEnded(ended, { at: 101, session: 'other' })).to.equal(false)
    expect(hasEnded(ended, { at: 100, session: undefined })).to.equal(false)
    expect(hasEnded({ since: 0, signIns: [] }, signIn)).to.equal(false)
  })

  it('spares what one session has begun since the last time that all ended', () => {
    const ended = { since: 100, signIns: [], spared: { at: 50, session: 'this' } }
    expect(hasEnded(ended, { at: 50, session: 'this' })).to.equal(false)
    expect(hasEnded(ended, { at: 49, session: 'this' })).to.equal(true)
    expect(hasEnded(ended, { at: 99, session: 'other' })).to.equal(true)
    expect(hasEnded(ended, { at: 99, session: undefined })).to.equal(true)
    expect(
      hasEnded({ ...ended, signIns: [{ at: 60, session: 'this' }] }, { at: 60, session: 'this' }),
    ).to.equal(true)
  })

  it('is not taken for another one of the same second', () => {
    const account = { id: '42', claims: {}, passwordChangedAt: 100_000 }
    const both = [
      { at: 100, session: 'old', passwordChangedAt: 50_000 },
      { at: 100, session: 's', passwordChangedAt: 100_000 },
    ]
    expect(isOldPassword(signIn, account, both)).to.equal(false)
    expect(isOldPassword({ at: 100, session: 'old' }, account, both)).to.equal(true)
  })

  it('began with an old password if the one of now is newer than the one it knew', () => {
    const now = (passwordChangedAt?: number) => ({
      id: '42',
      claims: {},
      ...(passwordChangedAt !== undefined && { passwordChangedAt }),
    })
    const knew = [{ at: 100, session: 's', passwordChangedAt: 50_000 }]
    expect(isOldPassword(signIn, now(50_000), knew)).to.equal(false)
    expect(isOldPassword(signIn, now(50_001), knew)).to.equal(true)
    // The directory's clock may be ahead: what it said at the sign-in counts, not the time of it.
    const changedHere = [...knew, { at: 100, session: 's', passwordChangedAt: 120_000 }]
    expect(isOldPassword(signIn, now(120_000), changedHere)).to.equal(false)
    expect(isOldPassword(signIn, now(), knew)).to.equal(false)
  })

  it('whose password is not known ends with one that is not older than it', () => {
    const now = (passwordChangedAt: number) => ({ id: '42', claims: {}, passwordChangedAt })
    expect(isOldPassword(signIn, now(99_999), [])).to.equal(false)
    expect(isOldPassword(signIn, now(100_000), [{ at: 100, session: 's' }])).to.equal(true)
  })
})
