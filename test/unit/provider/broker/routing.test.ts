import { expect } from 'chai'
import {
  type Candidate,
  choose,
  isFull,
  nextMove,
  type Waiting,
} from '../../../../provider/broker/routing.ts'

const candidate = (name: string, inFlight = 0, latency = 10): Candidate => {
  return { name, inFlight, latency, limit: 4 }
}

describe('routing', () => {
  it('has nobody to choose among nobody', () => {
    expect(choose([], [0, 0])).to.equal(undefined)
  })

  it('chooses the only one', () => {
    expect(choose([candidate('a', 9)], [0.99, 0.99])?.name).to.equal('a')
  })

  it('chooses the one with less in flight, whichever of the two came first', () => {
    const two = [candidate('busy', 3), candidate('idle', 0)]
    expect(choose(two, [0, 0])?.name).to.equal('idle')
    expect(choose(two, [0.99, 0])?.name).to.equal('idle')
  })

  it('chooses the faster one of two that are equally busy', () => {
    const two = [candidate('slow', 1, 80), candidate('fast', 1, 5)]
    expect(choose(two, [0, 0])?.name).to.equal('fast')
  })

  it('compares two only, so that not everyone runs to the same one', () => {
    const three = [candidate('a', 5), candidate('b', 4), candidate('idle', 0)]
    expect(choose(three, [0, 0])?.name).to.equal('b')
  })

  it('calls an agent full at eight questions a slot', () => {
    expect(isFull(candidate('a', 31))).to.equal(false)
    expect(isFull(candidate('a', 32))).to.equal(true)
  })
})

describe('the next move with an unanswered question', () => {
  const early: Waiting = {
    now: 400,
    deadline: 8_000,
    claimedBy: undefined,
    storeRemembers: true,
    hopes: ['a'],
    others: ['b'],
  }

  it('is to send it to another agent while nobody has claimed it', () => {
    expect(nextMove(early)).to.equal('sendToAnother')
  })

  it('is to wait if there is no other agent', () => {
    expect(nextMove({ ...early, others: [] })).to.equal('wait')
  })

  it('is to wait for the agent that claimed it, and never to send it again', () => {
    expect(nextMove({ ...early, claimedBy: 'a' })).to.equal('wait')
  })

  it('is never to send it again once the store has forgotten who claimed it', () => {
    expect(nextMove({ ...early, storeRemembers: false })).to.equal('wait')
    expect(nextMove({ ...early, storeRemembers: false, hopes: [] })).to.equal('agentLost')
    expect(nextMove({ ...early, storeRemembers: false, now: 8_000 })).to.equal('withdraw')
  })

  it('is to give it up as lost when the agent that claimed it is gone', () => {
    expect(nextMove({ ...early, claimedBy: 'a', hopes: [] })).to.equal('agentLost')
  })

  it('is to withdraw it when nobody is left, and when its time is up', () => {
    expect(nextMove({ ...early, hopes: [], others: [] })).to.equal('withdraw')
    expect(nextMove({ ...early, now: 8_000 })).to.equal('withdraw')
    expect(nextMove({ ...early, now: 8_000, claimedBy: 'a' })).to.equal('withdraw')
  })
})
