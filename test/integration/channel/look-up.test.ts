import { expect } from 'chai'
import type { AccountLookup, BackendAnswer } from '../../../agent/backends/backend.ts'
import type { Bus } from '../../../shared/bus.ts'
import { createMemoryBus } from '../../../shared/bus-memory.ts'
import { type Channel, no, openChannel, yes } from '../../support/channel.ts'
import { eventually } from '../../support/eventually.ts'

describe('a lookup over the channel', () => {
  const lookUp = (channel: Channel, accountId = '42') =>
    channel.broker.lookUp({ realm: 'corp', accountId, reference: 'REF1' })
  const heard = (channel: Channel, count: number) =>
    eventually(() => channel.logged().split('agent heard').length === count + 1)
  const down: BackendAnswer = { outcome: { name: 'unavailable', reason: 'directoryDown' } }

  it('asks the directory about the id alone, and brings back who it is', async () => {
    const sought: string[] = []
    let verified = 0
    await using channel = await openChannel(['a'])
    const verify = async () => {
      verified += 1
      return no
    }
    await channel.startAgent('a', verify, {
      lookUp: async ({ id }) => {
        sought.push(id)
        return { ...yes, directory: 'ldaps://dc1' }
      },
    })
    await heard(channel, 1)
    const { outcome, agent, directory } = await lookUp(channel)
    expect({ outcome, agent, directory }).to.deep.equal({
      outcome: yes.outcome,
      agent: 'a',
      directory: 'ldaps://dc1',
    })
    expect([sought, verified]).to.deep.equal([['42'], 0])
    expect(channel.logged()).to.contain('an account was looked up')
  })

  it('brings back that the account is gone, or why nobody may use it', async () => {
    const outcomes = new Map([
      ['gone', 'unknownUser'],
      ['off', 'accountDisabled'],
    ] as const)
    await using channel = await openChannel(['a'])
    await channel.startAgent('a', async () => yes, {
      lookUp: async ({ id }) => ({ outcome: { name: outcomes.get(id as 'gone') ?? 'notNow' } }),
    })
    await heard(channel, 1)
    for (const [id, name] of outcomes)
      expect((await lookUp(channel, id)).outcome.name).to.equal(name)
  })

  it('says so where the backend looks nobody up, which is no answer about the account', async () => {
    await using channel = await openChannel(['a'])
    await channel.startAgent('a', async () => yes)
    await heard(channel, 1)
    expect((await lookUp(channel)).outcome).to.deep.equal({
      name: 'unavailable',
      reason: 'cannotLookUp',
    })
  })

  it('goes on to another agent as long as none can tell', async () => {
    const asked: string[] = []
    const lookingUp = (name: string, answer: BackendAnswer): AccountLookup => ({
      lookUp: async () => {
        asked.push(name)
        return answer
      },
    })
    await using channel = await openChannel(['a', 'b', 'c'])
    await channel.startAgent('a', async () => yes, lookingUp('a', down))
    await channel.startAgent('b', async () => yes, lookingUp('b', down))
    await channel.startAgent('c', async () => yes, lookingUp('c', yes))
    await heard(channel, 3)
    await eventually(async () => {
      expect((await lookUp(channel)).outcome.name).to.equal('ok')
      return asked.includes('a') && asked.includes('b')
    })
    expect(channel.logged()).not.to.contain('left alone for a while')
  })

  it('takes of two opinions what both say, where the realm wants two', async () => {
    const of = (groups: string[], passwordChangedAt: number): AccountLookup => ({
      lookUp: async () => ({
        outcome: { name: 'ok', account: { id: '42', claims: { groups }, passwordChangedAt } },
      }),
    })
    const corp = { name: 'corp', suffixes: [], canaries: { names: ['nobody'], patterns: [] } }
    const realms = [{ ...corp, secondOpinion: true, secondOpinionGroups: [] }]
    await using channel = await openChannel(['a', 'b'], { mistrust: { realms } })
    await channel.startAgent('a', async () => yes, of(['staff'], 1))
    await channel.startAgent('b', async () => yes, of(['staff', 'admins'], 2))
    await heard(channel, 2)
    expect((await lookUp(channel)).outcome).to.deep.equal({
      name: 'ok',
      account: { id: '42', claims: { groups: ['staff'] }, passwordChangedAt: 2 },
    })
  })

  it('looks to whoever reads the bus like a question about a password', async () => {
    const questions: string[] = []
    const bus = createMemoryBus()
    const watched: Bus = {
      ...bus,
      add: async (stream, entry) => {
        if (entry['question'] !== undefined) questions.push(entry['question'])
        return bus.add(stream, entry)
      },
    }
    await using channel = await openChannel(['a'], { bus: watched })
    await channel.startAgent('a', async () => yes, { lookUp: async () => yes })
    await heard(channel, 1)
    await lookUp(channel)
    await channel.ask()
    expect(questions).to.have.lengthOf(2)
    const [lookup, password] = questions.map((sealed) =>
      sealed.split('.').map((part) => part.length),
    )
    expect(lookup).to.deep.equal(password)
  })
})
