import { expect } from 'chai'
import { createGroupSight } from '../../../../agent/backends/group-sight.ts'
import type { Ran } from '../../../../agent/backends/ldap-connection.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

describe('whether it can be seen who is in which group', () => {
  const failed: Ran<boolean> = {
    failure: {
      step: 'search',
      reason: 'directoryTimeout',
      detail: '',
      ofServer: true,
      lost: false,
    },
  }

  function looking(first: Ran<boolean>) {
    const clock = stoppedClock()
    const sight = createGroupSight(clock)
    let answer = first
    let looks = 0
    return {
      clock,
      isSeen: () =>
        sight(async () => {
          looks += 1
          return answer
        }),
      answers: (next: Ran<boolean>) => {
        answer = next
      },
      looks: () => looks,
    }
  }

  it('is looked at once in ten minutes, for all who come at once', async () => {
    const { isSeen, answers, looks, clock } = looking({ value: true })
    expect(await Promise.all([isSeen(), isSeen(), isSeen()])).to.deep.equal([true, true, true])
    answers({ value: false })
    clock.advance(10 * 60_000 - 1)
    expect(await isSeen()).to.equal(true)
    expect(looks()).to.equal(1)
    clock.advance(1)
    expect(await isSeen()).to.equal(false)
  })

  for (const [why, unseen] of [
    ['nobody is in any', { value: false }],
    ['the directory does not answer', failed],
  ] as const) {
    it(`is not taken for granted where ${why}, and looked at again after a minute`, async () => {
      const { isSeen, answers, looks, clock } = looking(unseen)
      expect(await isSeen()).to.equal(false)
      answers({ value: true })
      clock.advance(59_999)
      expect(await isSeen()).to.equal(false)
      expect(looks()).to.equal(1)
      clock.advance(1)
      expect(await isSeen()).to.equal(true)
    })
  }

  it('is looked at again also after what nobody expects', async () => {
    const clock = stoppedClock()
    const sight = createGroupSight(clock)
    const error = await sight(async () => {
      throw new TypeError('unexpected')
    }).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(TypeError)
    clock.advance(60_000)
    expect(await sight(async () => ({ value: true }))).to.equal(true)
  })
})
