import { expect } from 'chai'
import {
  endWarning,
  nextAsk,
  renewalDue,
  type Standing,
  wantsCertificate,
} from '../../../../agent/identity/schedule.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const approved: Standing = {
  state: 'approved',
  certificateBegins: 0,
  certificateEnds: 7 * day,
  realmsDiffer: false,
  failures: 0,
}
const middle = { chance: 0.5, jitter: 0.5 }

describe('the renewal of a certificate', () => {
  it('is due at two thirds of its life, or up to a twentieth of it earlier', () => {
    expect(renewalDue(approved, 0)).to.equal((7 * day * 2) / 3)
    expect(renewalDue(approved, 1)).to.be.closeTo(7 * day * (2 / 3 - 1 / 20), 1)
  })

  it('is asked for from then on, and not before', () => {
    const due = renewalDue(approved, 0.5)
    expect(wantsCertificate(approved, due - 1, 0.5)).to.equal(false)
    expect(wantsCertificate(approved, due, 0.5)).to.equal(true)
  })

  it('is asked for at once when the provider says that other realms are ours', () => {
    expect(wantsCertificate({ ...approved, realmsDiffer: true }, 1, 0.5)).to.equal(true)
  })

  it('waits for the approval, but not for longer than the certificate lasts', () => {
    const pending: Standing = { ...approved, state: 'pending', realmsDiffer: true }
    expect(wantsCertificate(pending, day, 0.5)).to.equal(false)
    expect(wantsCertificate(pending, 5 * day, 0.5)).to.equal(true)
  })
})

describe('the next question to the provider', () => {
  it('comes within six seconds while the agent is not approved', () => {
    const pending: Standing = { ...approved, state: 'pending' }
    for (const jitter of [0, 0.5, 1]) {
      expect(nextAsk(pending, 0, { chance: 0.5, jitter })).to.be.within(4_000, 6_000)
    }
  })

  it('comes every hour or so afterwards', () => {
    expect(nextAsk(approved, 0, middle)).to.equal(hour)
    expect(nextAsk(approved, 0, { ...middle, jitter: 0 })).to.be.closeTo(0.9 * hour, 1)
  })

  it('comes when the certificate is due, if that is sooner', () => {
    const due = renewalDue(approved, 0.5)
    expect(nextAsk(approved, due - 10 * minute, middle)).to.equal(10 * minute)
  })

  it('comes after two seconds, then later and later up to five minutes, when the provider is gone', () => {
    const waits = [1, 2, 3, 20].map((failures) =>
      nextAsk({ ...approved, failures }, 0, { chance: 0, jitter: 1 }),
    )
    expect(waits).to.deep.equal([2_000, 4_000, 8_000, 5 * minute])
    const early = nextAsk({ ...approved, failures: 3 }, 0, { chance: 0, jitter: 0 })
    expect(early, 'half of it is left to chance').to.equal(4_000)
  })

  it('comes sooner than that while somebody waits for the approval', () => {
    const pending: Standing = { ...approved, state: 'pending', failures: 20 }
    expect(nextAsk(pending, 0, { chance: 0, jitter: 1 })).to.equal(30_000)
  })
})

describe('the end of a certificate', () => {
  const at = (left: number) => endWarning(approved, 7 * day - left)

  it('is no matter while there is time', () => {
    expect(at(2 * day)).to.deep.equal({ kind: 'none' })
  })

  it('is said every hour when the renewal is late, and every ten minutes on the last half day', () => {
    expect(at(day)).to.deep.equal({ kind: 'ending', again: hour })
    expect(at(11 * hour)).to.deep.equal({ kind: 'endingSoon', again: 10 * minute })
    expect(at(0)).to.deep.equal({ kind: 'ended', again: 10 * minute })
  })
})
