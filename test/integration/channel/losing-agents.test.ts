import { expect } from 'chai'
import type { BackendAnswer } from '../../../agent/backends/backend.ts'
import type { Bus } from '../../../shared/bus.ts'
import { systemClock } from '../../../shared/clock.ts'
import { claimKey, sentKey } from '../../../shared/keys.ts'
import type { Store } from '../../../shared/store.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { type Channel, no, openChannel, yes } from '../../support/channel.ts'
import { eventually } from '../../support/eventually.ts'

const directoryDown: BackendAnswer = { outcome: { name: 'unavailable', reason: 'directoryDown' } }
const notTried: BackendAnswer = { ...directoryDown, notTried: true }

const allHeard = (channel: Channel, count: number) =>
  eventually(() => channel.logged().split('agent heard').length === count + 1)

function logged(channel: Channel, message: string): Record<string, unknown>[] {
  return channel
    .logged()
    .split('\n')
    .filter((line) => line.includes(message))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('an agent that could not try the password', () => {
  it('is followed by another at once, under a request of its own', async () => {
    await using channel = await openChannel(['a', 'b'])
    const requests: string[] = []
    await channel.startAgent('a', async () => notTried)
    await channel.startAgent('b', async () => yes)
    await allHeard(channel, 2)
    for (let count = 0; count < 12; count += 1) {
      const { outcome, agent, requestId, milliseconds } = await channel.ask()
      expect(outcome.name).to.equal('ok')
      expect(agent).to.equal('b')
      expect(milliseconds).to.be.below(400)
      requests.push(requestId)
    }
    const [first] = logged(channel, 'another one is asked')
    expect(first).to.include({ agent: 'a', reference: 'REF1' })
    expect(requests).not.to.include(first?.['requestId'])
  })

  it('is the answer if no other is there, or none of them could either', async () => {
    await using channel = await openChannel(['a', 'b'])
    let asked = 0
    const directory = async () => {
      asked += 1
      return notTried
    }
    await channel.startAgent('a', directory)
    await allHeard(channel, 1)
    expect((await channel.ask()).outcome).to.deep.equal(directoryDown.outcome)
    expect(asked).to.equal(1)
    await channel.startAgent('b', directory)
    await allHeard(channel, 2)
    expect((await channel.ask()).outcome).to.deep.equal(directoryDown.outcome)
    expect(asked).to.equal(3)
  })

  it('is not followed by another when it may have tried', async () => {
    await using channel = await openChannel(['a', 'b'])
    let asked = 0
    const directory = async () => {
      asked += 1
      return directoryDown
    }
    await channel.startAgent('a', directory)
    await channel.startAgent('b', directory)
    await allHeard(channel, 2)
    expect((await channel.ask()).outcome).to.deep.equal(directoryDown.outcome)
    expect(asked).to.equal(1)
  })

  it('is not followed by another when the question lies with somebody else, too', async () => {
    await using channel = await openChannel(['a', 'b', 'c'], { deadline: 2_000 })
    const asked: string[] = []
    // It has taken the question off its stream, and is frozen before it could claim it.
    let thaw = () => {}
    const held = new Promise<boolean>((resolve) => {
      thaw = () => resolve(false)
    })
    const frozen = { ...channel.store, claim: () => held }
    await channel.startAgent('a', async () => yes, { store: frozen })
    await allHeard(channel, 1)
    const answer = channel.ask()
    await channel.startAgent('b', async () => {
      asked.push('b')
      return notTried
    })
    await channel.startAgent('c', async () => {
      asked.push('c')
      return notTried
    })
    expect((await answer).outcome).to.deep.equal(directoryDown.outcome)
    expect(asked).to.have.length(1)
    thaw()
  })
})

describe('an agent that does worse than another', () => {
  it('is left alone, and the operator reads of it once', async () => {
    await using channel = await openChannel(['a', 'b'])
    let asked = 0
    await channel.startAgent('a', async () => {
      asked += 1
      return directoryDown
    })
    await channel.startAgent('b', async () => no)
    await allHeard(channel, 2)
    await eventually(async () => {
      await channel.ask()
      return channel.logged().includes('left alone')
    })
    expect(asked).to.equal(3)
    const answers = await Promise.all(Array.from({ length: 16 }, () => channel.ask()))
    for (const { agent } of answers) expect(agent).to.equal('b')
    expect(asked).to.equal(3)
    expect(logged(channel, 'left alone')).to.have.length(1)
  })

  it('is left alone, too, if it takes no questions although its heart beats', async () => {
    await using channel = await openChannel(['deaf', 'b'])
    const deaf: Bus = { ...channel.bus, consume: () => ({ stop: async () => {} }) }
    await channel.startAgent('deaf', async () => yes, { bus: deaf })
    await channel.startAgent('b', async () => yes)
    await allHeard(channel, 2)
    await eventually(async () => {
      await Promise.all(Array.from({ length: 8 }, () => channel.ask()))
      return channel.logged().includes('left alone')
    })
    const answers = await Promise.all(Array.from({ length: 16 }, () => channel.ask()))
    for (const { milliseconds } of answers) expect(milliseconds).to.be.below(400)
  })

  it('is asked all the same when the other has gone', async () => {
    await using channel = await openChannel(['a', 'b'])
    await channel.startAgent('a', async () => directoryDown)
    const b = await channel.startAgent('b', async () => no)
    await allHeard(channel, 2)
    await eventually(async () => {
      await channel.ask()
      return channel.logged().includes('left alone')
    })
    await b.stop()
    await eventually(() => channel.logged().includes('said goodbye'))
    expect(await channel.ask()).to.include({ agent: 'a' })
  })
})

describe('a question whose claim the store has forgotten', () => {
  it('is put to no second agent', async () => {
    const store = createMemoryStore(systemClock)
    await using channel = await openChannel(['a', 'b'], { deadline: 1_500, store })
    let asked = 0
    await channel.startAgent('a', async ({ signal }) => {
      asked += 1
      for (const key of requests.flatMap((id) => [claimKey(id), sentKey(id)])) {
        await store.delete(key)
      }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return directoryDown
    })
    const requests: string[] = []
    const claim = store.claim.bind(store)
    store.claim = (key, value, ttl) => {
      requests.push(/\{(.*)\}/.exec(key)?.[1] ?? '')
      return claim(key, value, ttl)
    }
    await allHeard(channel, 1)
    const answer = channel.ask()
    await eventually(() => asked === 1)
    await channel.startAgent('b', async () => {
      asked += 1
      return yes
    })
    expect((await answer).outcome.name).to.equal('unavailable')
    expect(requests[0]).to.have.length(22)
    expect(asked).to.equal(1)
  })
})

describe('an operator who is told that there is no agent', () => {
  it('reads what is known of each', async () => {
    await using channel = await openChannel(['gone', 'fast', 'never'])
    const agent = await channel.startAgent('gone', async () => yes)
    const fast = { ...systemClock, now: () => systemClock.now() + 600_000 }
    await channel.startAgent('fast', async () => yes, { clock: fast })
    await allHeard(channel, 2)
    await agent.stop()
    await eventually(async () => {
      const { outcome } = await channel.ask()
      return outcome.name === 'unavailable' && outcome.reason === 'clockSkew'
    })
    const line = logged(channel, 'what is known of the agents').at(-1)
    const about = line?.['agents'] as { agent: string; health: string; clockAhead?: number }[]
    expect(line).to.include({ realm: 'corp', reference: 'REF1' })
    expect(about.map(({ agent: name, health }) => [name, health])).to.deep.equal([
      ['fast', 'skewed'],
      ['gone', 'leaving'],
      ['never', 'neverHeard'],
    ])
    expect(about[0]?.clockAhead).to.be.within(599_000, 601_000)
  })
})

describe('a question that has waited too long', () => {
  it('is never put to the directory', async () => {
    await using channel = await openChannel(['a'], { deadline: 600 })
    let asked = 0
    let release = () => {}
    const stuck = new Promise<void>((resolve) => {
      release = resolve
    })
    const store: Store = {
      ...channel.store,
      claim: async (...args) => {
        await stuck
        return channel.store.claim(...args)
      },
    }
    const directory = async () => {
      asked += 1
      return yes
    }
    await channel.startAgent('a', directory, { concurrency: 1, store })
    await allHeard(channel, 1)
    const answers = await Promise.all(Array.from({ length: 3 }, () => channel.ask()))
    for (const { outcome } of answers) expect(outcome.name).to.equal('unavailable')
    release()
    await eventually(() => logged(channel, 'an expired question was dropped').length === 2)
    expect(logged(channel, 'not ours to answer')).to.have.length(1)
    expect(asked).to.equal(0)
  })
})

describe('two agents of which one comes and goes', () => {
  it('lose no sign-in', async () => {
    await using channel = await openChannel(['a', 'b'])
    const slowly = async ({ password }: { password: string }) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return password === 'right' ? yes : no
    }
    await channel.startAgent('b', slowly)
    let agent = await channel.startAgent('a', slowly)
    await allHeard(channel, 2)
    const over = new AbortController()
    const outcomes = new Map<string, number>()
    const lane = async () => {
      while (!over.signal.aborted) {
        for (const [word, expected] of [
          ['right', 'ok'],
          ['wrong', 'wrongPassword'],
        ] as const) {
          const { outcome } = await channel.ask(word)
          const said = outcome.name === expected ? expected : JSON.stringify(outcome)
          outcomes.set(said, (outcomes.get(said) ?? 0) + 1)
        }
      }
    }
    const lanes = Array.from({ length: 8 }, lane)
    for (let times = 0; times < 4; times += 1) {
      await agent.stop()
      agent = await channel.startAgent('a', slowly)
    }
    over.abort()
    await Promise.all(lanes)
    expect([...outcomes.keys()].toSorted()).to.deep.equal(['ok', 'wrongPassword'])
    expect(outcomes.get('ok')).to.be.above(20)
  })
})
