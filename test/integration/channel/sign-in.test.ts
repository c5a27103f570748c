import { expect } from 'chai'
import type { Bus } from '../../../shared/bus.ts'
import { createMemoryBus } from '../../../shared/bus-memory.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { no, openChannel, yes } from '../../support/channel.ts'
import { eventually } from '../../support/eventually.ts'

/** Resolves when the bus has handed on the next heartbeat, so that the broker knows its agents. */
async function heard(channel: { ask(): Promise<{ outcome: { name: string } }> }): Promise<void> {
  await eventually(async () => (await channel.ask()).outcome.name !== 'unavailable')
}

describe('a question over the channel', () => {
  it('brings back what the directory said, and who said it', async () => {
    await using channel = await openChannel(['a'])
    await channel.startAgent('a', async ({ password }) => {
      const answer = password === 'open sesame' ? yes : no
      return { ...answer, directory: 'ldaps://dc1' }
    })
    await heard(channel)
    const right = await channel.ask('open sesame')
    expect(right.outcome).to.deep.equal(yes.outcome)
    expect(right.agent).to.equal('a')
    expect(right.directory).to.equal('ldaps://dc1')
    expect((await channel.ask('wrong')).outcome).to.deep.equal(no.outcome)
  })

  it('is known at once to have nobody to go to', async () => {
    await using channel = await openChannel(['a'])
    const { outcome, milliseconds } = await channel.ask()
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'noAgent' })
    expect(milliseconds).to.be.below(50)
  })

  it('goes to nobody at once after the last agent has said goodbye', async () => {
    await using channel = await openChannel(['a'])
    const agent = await channel.startAgent('a', async () => yes)
    await heard(channel)
    await agent.stop()
    await eventually(async () => channel.logged().includes('agent has said goodbye'))
    const { outcome, milliseconds } = await channel.ask()
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'noAgent' })
    expect(milliseconds).to.be.below(50)
  })

  it('goes to a second agent when nobody has claimed it for 400 ms', async () => {
    await using channel = await openChannel(['deaf', 'b'])
    const deaf: Bus = { ...channel.bus, consume: () => ({ stop: async () => {} }) }
    await channel.startAgent('deaf', async () => yes, { bus: deaf })
    await channel.startAgent('b', async () => yes)
    await heard(channel)
    const answers = await Promise.all(Array.from({ length: 16 }, () => channel.ask()))
    for (const { agent } of answers) expect(agent).to.equal('b')
    const handedOver = answers.filter(({ milliseconds }) => milliseconds >= 400)
    expect(handedOver).not.to.have.length(0)
    for (const { milliseconds } of answers) expect(milliseconds).to.be.below(1_500)
  })

  it('is never put to the directory a second time once it was claimed', async () => {
    await using channel = await openChannel(['a', 'b'], { deadline: 1_500 })
    let asked = 0
    const silent = () => {
      asked += 1
      return new Promise<never>(() => {})
    }
    await channel.startAgent('a', silent)
    await channel.startAgent('b', silent)
    await eventually(async () => channel.logged().split('agent heard').length === 3)
    const { outcome } = await channel.ask()
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'directoryTimeout' })
    expect(asked).to.equal(1)
  })

  it('that was given up is not put to the directory by an agent that wakes up later', async () => {
    await using channel = await openChannel(['a'], { deadline: 700 })
    const held: (() => void)[] = []
    const slowStore = createMemoryStore(systemClock)
    let asked = 0
    await channel.startAgent(
      'a',
      async () => {
        asked += 1
        return yes
      },
      {
        store: {
          ...slowStore,
          claim: async (...args) => {
            await new Promise<void>((resolve) => held.push(resolve))
            return channel.store.claim(...args)
          },
        },
      },
    )
    await eventually(async () => channel.logged().includes('agent heard'))
    const { outcome } = await channel.ask()
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'agentTimeout' })
    for (const release of held) release()
    await eventually(async () => channel.logged().includes('not ours to answer'))
    expect(asked).to.equal(0)
  })

  it('is answered by an agent that was restarted, with a prekey nobody had sealed to before', async () => {
    await using channel = await openChannel(['a'])
    const first = await channel.startAgent('a', async () => yes)
    await heard(channel)
    await first.stop()
    await channel.startAgent('a', async () => yes)
    await heard(channel)
    expect((await channel.ask()).outcome.name).to.equal('ok')
  })

  it('is refused early when the agents are full', async () => {
    await using channel = await openChannel(['a'], { deadline: 900 })
    await channel.startAgent('a', () => new Promise<never>(() => {}), { concurrency: 1 })
    await eventually(async () => channel.logged().includes('agent heard'))
    const answers = await Promise.all(Array.from({ length: 12 }, () => channel.ask()))
    const reasons = answers.map(({ outcome }) => 'reason' in outcome && outcome.reason)
    expect(reasons.filter((reason) => reason === 'overloaded')).to.have.length(4)
  })

  it('says which clock is wrong', async () => {
    await using channel = await openChannel(['a'])
    const fast = { ...systemClock, now: () => systemClock.now() + 600_000 }
    await channel.startAgent('a', async () => yes, { clock: fast })
    await eventually(async () => {
      const { outcome } = await channel.ask()
      return outcome.name === 'unavailable' && outcome.reason === 'clockSkew'
    })
  })

  it('is told apart from a mistake in the backend', async () => {
    await using channel = await openChannel(['a'])
    await channel.startAgent('a', async () => {
      throw new Error('a bug')
    })
    await eventually(async () => channel.logged().includes('agent heard'))
    const { outcome } = await channel.ask()
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'misconfigured' })
    expect(channel.logged()).to.contain('a bug')
  })

  it('leaves no password in any log, right or wrong', async () => {
    const bus = createMemoryBus()
    await using channel = await openChannel(['a'], { bus })
    await channel.startAgent('a', async () => no)
    await heard(channel)
    await channel.ask('a secret that is in no log')
    await bus.add('agent:a:requests', { question: 'garbage', session: 'garbage' })
    await eventually(async () => channel.logged().includes('a question was refused'))
    expect(channel.logged()).not.to.contain('a secret that is in no log')
  })
})
