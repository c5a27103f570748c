import { expect } from 'chai'
import { digestOf, type ProviderProcess } from '../../../../provider/agents/presence.ts'
import type { Revocation } from '../../../../provider/agents/record.ts'
import { watchConfirmations } from '../../../../provider/agents/unconfirmed.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const revocation: Revocation = { enrolment: 'e', name: 'corp-1', at: 1, removed: false }

describe('revocations that are not confirmed', () => {
  /** What is said, second for second, of another process that says it knows these. */
  function said(knows: readonly (readonly Revocation[] | 'silent')[]): string[] {
    const clock = stoppedClock()
    let heard: ProviderProcess | undefined
    const unconfirmed = watchConfirmations({
      directory: { revocations: () => [revocation] },
      processes: { all: () => (heard ? [heard] : []) },
      clock,
    })
    return knows.map((known) => {
      clock.advance(1_000)
      if (known !== 'silent') {
        heard = { instance: 'i', name: 'host:1', at: clock.now(), digest: digestOf(known) }
      }
      return unconfirmed().join()
    })
  }

  it('are none while a process has had no time to learn of them', () => {
    expect(said([[], [], [], [], [revocation]])).to.deep.equal(['', '', '', '', ''])
  })

  it('are said of a process that goes on without, until it knows', () => {
    const known = said([[], [], [], [], [], [], [], [revocation]])
    expect(known).to.deep.equal(['', '', '', '', '', 'host:1', 'host:1', ''])
  })

  it('are not said of a process that is not heard any more', () => {
    const known = said([[], [], [], [], [], [], 'silent', 'silent', 'silent'])
    expect(known.slice(5)).to.deep.equal(['host:1', 'host:1', 'host:1', ''])
  })

  it('have time again when a process falls behind again', () => {
    const known = said([[], [], [], [], [], [revocation], [], []])
    expect(known).to.deep.equal(['', '', '', '', '', '', '', ''])
  })
})
