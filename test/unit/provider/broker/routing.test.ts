import { expect } from 'chai'
import {
  choose,
  isFull,
  type Loaded,
  nextMove,
  type Waiting,
} from '../../../../provider/broker/routing.ts'

type Loads = Readonly<Record<string, Loaded>>

const loaded = (inFlight: number, latency = 10): Loaded => ({ inFlight, latency })
const chosen = (loads: Loads, random: readonly [number, number]) =>
  choose(Object.keys(loads), random, (name) => loads[name] ?? loaded(0))

describe('routing', () => {
  it('has nobody to choose among nobody', () => {
    expect(chosen({}, [0, 0])).to.equal(undefined)
  })

  it('chooses the only one', () => {
    expect(chosen({ a: loaded(9) }, [0.99, 0.99])).to.equal('a')
  })

  it('chooses the one with less in flight, whichever of the two came first', () => {
    const two = { busy: loaded(3), idle: loaded(0) }
    expect(chosen(two, [0, 0])).to.equal('idle')
    expect(chosen(two, [0.99, 0])).to.equal('idle')
  })

  it('chooses the faster one of two that are equally busy', () => {
    expect(chosen({ slow: loaded(1, 80), fast: loaded(1, 5) }, [0, 0])).to.equal('fast')
  })

  it('compares two only, so that not everyone runs to the same one', () => {
    const three = { a: loaded(5), b: loaded(4), idle: loaded(0) }
    expect(chosen(three, [0, 0])).to.equal('b')
  })

  it('never compares one with itself, so that with two the busy one gets nothing', () => {
    const two = { busy: loaded(9), idle: loaded(0) }
    const all = [0, 0.4, 0.6, 0.99].flatMap((first) =>
      [0, 0.5, 0.99].map((second) => chosen(two, [first, second])),
    )
    expect(new Set(all)).to.deep.equal(new Set(['idle']))
  })

  it('calls an agent full at eight questions a slot', () => {
    expect(isFull({ inFlight: 31, limit: 4 })).to.equal(false)
    expect(isFull({ inFlight: 32, limit: 4 })).to.equal(true)
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
