import { expect } from 'chai'
import type { Bus, BusEntry } from '../../../shared/bus.ts'
import { createMemoryBus } from '../../../shared/bus-memory.ts'
import { systemClock } from '../../../shared/clock.ts'
import { sessionKey, statedHeader } from '../../../shared/envelope.ts'
import { createIdentity, signingKey } from '../../../shared/envelope-keys.ts'
import { streams } from '../../../shared/keys.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { type Channel, no, openChannel, yes } from '../../support/channel.ts'
import { type Respond, type Seen, startCuriousAgent } from '../../support/curious-agent.ts'
import { eventually } from '../../support/eventually.ts'
import { type Twist, verdictTo } from '../../support/verdicts.ts'

const heard = (channel: Channel, count = 1) =>
  eventually(() => channel.logged().split('agent heard').length === count + 1)

/** What a question comes to if its agent replies like this, and what was logged. */
async function outcomeOf(
  respond: (channel: Channel) => Respond,
): Promise<{ name: string; logged: string }> {
  await using channel = await openChannel(['a', 'b'])
  await using agent = await startCuriousAgent(channel, 'a', (...one) => respond(channel)(...one))
  await heard(channel)
  const { outcome } = await channel.ask()
  expect(agent.seen).to.have.length(1)
  return { name: outcome.name, logged: channel.logged() }
}

const other = 'x'.repeat(22)
const stranger = async () => signingKey((await createIdentity()).privatePem)

describe('a verdict of an agent with its true keys', () => {
  it('is believed if it is about the very question', async () => {
    const { name } = await outcomeOf(() => async (seen, reply) => reply(await verdictTo(seen)))
    expect(name).to.equal('ok')
  })

  const twists: Record<string, (seen: Seen) => Promise<Twist> | Twist> = {
    'about another request': () => ({ verdict: { id: other } }),
    'in the name of another agent': () => ({ verdict: { agent: 'b' } }),
    'about another realm': () => ({ verdict: { realm: 'lab' } }),
    'for another provider process': () => ({ verdict: { instance: other } }),
    'about another sealing of the question': () => ({ verdict: { requestHash: 'h'.repeat(43) } }),
    'of another version': () => ({ verdict: { v: 2 } }),
    'with a field that nobody knows': () => ({ verdict: { admin: true } }),
    'with an outcome that nobody knows': () => ({ verdict: { outcome: { name: 'okay' } } }),
    'without a person': () => ({ verdict: { outcome: { name: 'ok' } } }),
    'signed as a heartbeat': () => ({ type: 'postern-heartbeat' }),
    'signed by a key of nobody’s': async () => ({ by: await stranger() }),
    'sealed for another request': () => ({ binding: { id: other } }),
    'sealed for another agent': () => ({ binding: { agent: 'b' } }),
    'sealed for another realm': () => ({ binding: { realm: 'lab' } }),
    'sealed for another provider process': () => ({ binding: { instance: other } }),
    'sealed with another expiry': ({ binding }) => ({ binding: { expires: binding.expires + 1 } }),
    'sealed as a question': () => ({ binding: { type: 'postern-question' } }),
    'sealed under another session': () => ({ session: sessionKey('k'.repeat(43)) }),
    'that is not sealed and says yes': () => ({ unsealed: true }),
    'that is not sealed and says no': () => ({ unsealed: true, says: no }),
    'that is the question itself': ({ entry }) => ({ entry: { verdict: entry['question'] ?? '' } }),
    'that is empty': () => ({ entry: { verdict: '' } }),
  }
  for (const [what, twist] of Object.entries(twists)) {
    it(`is refused ${what}`, async () => {
      const { name, logged } = await outcomeOf((channel) => async (seen, reply) => {
        await reply(await verdictTo(seen, await twist(seen)))
        await eventually(() => channel.logged().includes('a verdict was refused'))
        await reply(await verdictTo(seen, { says: no }))
      })
      expect(name, 'the true one, that came after it').to.equal('wrongPassword')
      expect(logged)
        .to.match(/PST-90[45]/)
        .and.to.contain('"reference":"REF1"')
    })
  }

  const carried: readonly BusEntry[] = [{ id: other }, { agent: 'b' }, { id: '' }, { agent: '' }]
  for (const entry of carried) {
    it(`is no reply to anything if it is carried as ${JSON.stringify(entry)}`, async () => {
      const { name } = await outcomeOf((channel) => async (seen, reply) => {
        await reply(await verdictTo(seen, { entry }))
        await eventually(() => channel.logged().includes('a reply to no open question'))
        await reply(await verdictTo(seen, { says: no }))
      })
      expect(name).to.equal('wrongPassword')
    })
  }

  it('holds as it was said first: there are no second thoughts', async () => {
    const { name } = await outcomeOf(() => async (seen, reply) => {
      await reply(await verdictTo(seen, { says: no }))
      await reply(await verdictTo(seen, { says: yes }))
    })
    expect(name).to.equal('wrongPassword')
  })
})

describe('a verdict that comes late', () => {
  it('changes nothing for the sign-in that has ended, nor for the next of the same person', async () => {
    const kept: BusEntry[] = []
    await using channel = await openChannel(['a'], { deadline: 500 })
    await using agent = await startCuriousAgent(channel, 'a', async (seen, reply) => {
      for (const late of kept.splice(0)) {
        await reply(late)
        // And under the id of the question that is open now.
        await reply({ ...late, id: seen.binding.id })
      }
      kept.push(await verdictTo(seen))
    })
    await heard(channel)
    for (let count = 0; count < 3; count += 1) {
      expect((await channel.ask()).outcome.name).to.equal('unavailable')
    }
    expect(agent.seen).to.have.length(3)
    expect(channel.logged().split('a reply to no open question')).to.have.length(3)
    expect(channel.logged().split('a verdict was refused')).to.have.length(3)
  })

  it('is refused for a question that has been withdrawn from its agent', async () => {
    await using channel = await openChannel(['a', 'b'], { deadline: 2_000 })
    await using slow = await startCuriousAgent(channel, 'a')
    await heard(channel)
    const answer = channel.ask()
    await eventually(() => slow.seen.length === 1)
    await channel.startAgent('b', async () => no)
    expect(await answer).to.deep.include({ agent: 'b', outcome: no.outcome })
    const [seen] = slow.seen
    if (seen === undefined) throw new Error('it was asked first')
    await channel.bus.add(streams.repliesTo(seen.binding.instance), await verdictTo(seen))
    await eventually(() => channel.logged().includes('a reply to no open question'))
  })
})

describe('verdicts of two sign-ins at once', () => {
  it('cannot be swapped', async () => {
    await using channel = await openChannel(['a'], { deadline: 700 })
    const waiting: Seen[] = []
    await using agent = await startCuriousAgent(channel, 'a', async (seen, reply) => {
      waiting.push(seen)
      const [first, second] = waiting
      if (first === undefined || second === undefined) return
      const yesToFirst = await verdictTo(first, { says: yes })
      const noToSecond = await verdictTo(second, { says: no })
      await reply({ ...yesToFirst, id: second.binding.id })
      await reply({ ...noToSecond, id: first.binding.id })
    })
    await heard(channel)
    const both = await Promise.all([channel.ask('mine'), channel.ask('guessed')])
    expect(both.map(({ outcome }) => outcome.name)).to.deep.equal(['unavailable', 'unavailable'])
    expect(agent.seen).to.have.length(2)
    expect(channel.logged().split('a verdict was refused')).to.have.length(3)
  })
})

describe('verdicts of two provider processes', () => {
  it('cannot be led to the other one', async () => {
    const [bus, store] = [createMemoryBus(), createMemoryStore(systemClock)]
    await using one = await openChannel(['a'], { deadline: 500, bus, store })
    await using another = await openChannel(['b'], { deadline: 500, bus, store })
    await using b = await startCuriousAgent(another, 'b')
    await heard(another)
    await another.ask()
    await using a = await startCuriousAgent(one, 'a', async (seen) => {
      const instance = b.seen[0]?.binding.instance ?? ''
      await bus.add(streams.repliesTo(instance), await verdictTo(seen))
    })
    await heard(one)
    expect((await one.ask()).outcome.name).to.equal('unavailable')
    expect(a.seen).to.have.length(1)
    expect(another.logged()).to.contain('a reply to no open question')
  })
})

describe('a second opinion', () => {
  const corp = { name: 'corp', suffixes: [], canaries: { names: [], patterns: [] } }
  const rule = { ...corp, secondOpinion: true, secondOpinionGroups: [] }

  it('cannot be given by the first agent in the name of the second', async () => {
    const lies: Seen[] = []
    const carrier = createMemoryBus()
    // The liar has a friend at the bus, who keeps what the honest one is asked, and has the liar
    // answer it in both names.
    const add: Bus['add'] = async (stream, entry) => {
      const seen = lies.at(-1)
      if (stream !== streams.requestsTo('honest') || seen === undefined) {
        return carrier.add(stream, entry)
      }
      const { id } = statedHeader(entry['question'] ?? '')
      for (const agent of ['lying', 'honest']) {
        const about = { id: String(id), agent }
        const forged = await verdictTo(seen, { verdict: about, binding: about, entry: about })
        await carrier.add(streams.repliesTo(seen.binding.instance), forged)
      }
    }
    const bus = { ...carrier, add }
    const options = { bus, mistrust: { realms: [rule] }, deadline: 900 }
    await using channel = await openChannel(['lying', 'honest'], options)
    await using lying = await startCuriousAgent(channel, 'lying', async (seen, reply) => {
      lies.push(seen)
      await reply(await verdictTo(seen))
    })
    await channel.startAgent('honest', async () => no)
    await heard(channel, 2)
    const outcomes: string[] = []
    while (lying.seen.length === 0) outcomes.push((await channel.ask('a guess')).outcome.name)
    expect(outcomes.at(-1)).to.equal('unavailable')
    expect(outcomes).not.to.include('ok')
    expect(channel.logged()).to.contain('a verdict was refused')
  })
})
