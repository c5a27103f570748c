import { expect } from 'chai'
import { createPace } from '../../../../agent/backends/ldap-pace.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

describe('the pace of a bind for nobody', () => {
  const patient = new AbortController().signal
  const lasted = async (work: Promise<void>) => {
    const started = performance.now()
    await work
    return performance.now() - started
  }

  it('is that of the binds that were refused lately', async () => {
    const pace = createPace(stoppedClock())
    pace.refused(40)
    expect(await lasted(pace.linger(10, patient))).to.be.at.least(29)
  })

  it('is its own as long as none was, and where it was slower by itself', async () => {
    const pace = createPace(stoppedClock())
    expect(await lasted(pace.linger(1, patient))).to.be.below(1_000)
    pace.refused(5_000)
    expect(await lasted(pace.linger(5_000, patient))).to.be.below(1_000)
  })

  it('forgets what was long ago', async () => {
    const pace = createPace(stoppedClock())
    pace.refused(60_000)
    for (let time = 0; time < 64; time += 1) pace.refused(1)
    expect(await lasted(pace.linger(0, patient))).to.be.below(1_000)
  })

  it('ends when the question does', async () => {
    const pace = createPace(stoppedClock())
    pace.refused(60_000)
    expect(await lasted(pace.linger(0, AbortSignal.timeout(20)))).to.be.below(5_000)
  })
})
