import { expect } from 'chai'
import type { BackendAnswer } from '../../../agent/backends/backend.ts'
import type { Mistrust } from '../../../provider/broker/mistrust.ts'
import type { Disagreement } from '../../../provider/broker/second-opinion.ts'
import { type Channel, type Directory, no, openChannel, yes } from '../../support/channel.ts'
import { eventually } from '../../support/eventually.ts'

const corp = { name: 'corp', suffixes: [], canaries: { names: ['nobody'], patterns: [] } }
const byRealm = { realms: [{ ...corp, secondOpinion: true, secondOpinionGroups: [] }] }
const byGroup = { realms: [{ ...corp, secondOpinion: false, secondOpinionGroups: ['admins'] }] }

const ok = (claims: Record<string, string | string[]>, id = '42'): BackendAnswer => {
  return { outcome: { name: 'ok', account: { id, claims } } }
}

/** Agents with what each says; resolves once all are heard. */
async function openAgents(
  directories: Record<string, Directory>,
  mistrust: Partial<Mistrust>,
): Promise<Channel> {
  const channel = await openChannel(Object.keys(directories), { mistrust, deadline: 2_000 })
  for (const [name, directory] of Object.entries(directories)) {
    await channel.startAgent(name, directory)
  }
  const { length } = Object.keys(directories)
  await eventually(() => channel.logged().split('agent heard').length === length + 1)
  return channel
}

describe('a realm that wants a second opinion', () => {
  it('lets somebody in when two agents say yes, and names both', async () => {
    await using channel = await openAgents({ a: async () => yes, b: async () => yes }, byRealm)
    const { outcome, agent, second, requestId } = await channel.ask()
    expect(outcome).to.deep.equal(yes.outcome)
    expect([agent, second?.agent]).to.have.members(['a', 'b'])
    expect(second?.requestId).to.have.length(22).and.not.equal(requestId)
  })

  it('lets nobody in on the word of one, whichever is asked first', async () => {
    let lies = 0
    const lying = async () => {
      lies += 1
      return yes
    }
    await using channel = await openAgents({ lying, honest: async () => no }, byRealm)
    for (let count = 0; count < 12; count += 1) {
      expect((await channel.ask('a guess')).outcome).to.deep.equal(no.outcome)
    }
    expect(lies, 'the liar was asked first now and then').to.be.above(0)
  })

  it('puts no wrong password to a second agent', async () => {
    let asked = 0
    const directory = async () => {
      asked += 1
      return no
    }
    await using channel = await openAgents({ a: directory, b: directory }, byRealm)
    for (let count = 1; count <= 6; count += 1) {
      expect((await channel.ask()).outcome).to.deep.equal(no.outcome)
      expect(asked).to.equal(count)
    }
  })

  it('asks nobody when only one agent is live, and says why', async () => {
    let asked = 0
    const directory = async () => {
      asked += 1
      return yes
    }
    await using channel = await openAgents({ a: directory }, byRealm)
    const { outcome } = await channel.ask()
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'noSecondAgent' })
    expect(asked).to.equal(0)
    expect(channel.logged()).to.contain('what is known of the agents of the realm')
  })

  it('says that there is no second one when that has gone in between', async () => {
    const stop: (() => Promise<void>)[] = []
    let first = true
    // Whoever is asked first takes the other with it.
    const directory = (other: string) => async () => {
      if (first) await stop[other === 'a' ? 0 : 1]?.()
      first = false
      return yes
    }
    await using channel = await openChannel(['a', 'b'], { mistrust: byRealm, deadline: 2_000 })
    for (const [name, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const agent = await channel.startAgent(name, directory(other))
      stop.push(() => agent.stop())
    }
    await eventually(() => channel.logged().split('agent heard').length === 3)
    const { outcome } = await channel.ask()
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'noSecondAgent' })
  })

  it('says what the second one lacked, when that could not tell', async () => {
    const down: BackendAnswer = { outcome: { name: 'unavailable', reason: 'directoryDown' } }
    let answers = 0
    const directory = async () => {
      answers += 1
      return answers % 2 === 1 ? yes : down
    }
    await using channel = await openAgents({ a: directory, b: directory }, byRealm)
    expect((await channel.ask()).outcome).to.deep.equal(down.outcome)
  })

  it('goes on to a third when the second could not so much as try', async () => {
    const down: BackendAnswer = {
      outcome: { name: 'unavailable', reason: 'directoryDown' },
      notTried: true,
    }
    const directories = { a: async () => yes, b: async () => yes, c: async () => down }
    await using channel = await openAgents(directories, byRealm)
    for (let count = 0; count < 8; count += 1) {
      const { outcome, agent, second } = await channel.ask()
      expect(outcome.name).to.equal('ok')
      expect([agent, second?.agent]).to.have.members(['a', 'b'])
    }
  })

  it('has one deadline for both', async () => {
    let asked = 0
    const directory: Directory = async ({ signal }) => {
      asked += 1
      if (asked === 1) {
        await new Promise((resolve) => setTimeout(resolve, 700))
        return yes
      }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return no
    }
    await using channel = await openAgents({ a: directory, b: directory }, byRealm)
    const { outcome, milliseconds } = await channel.ask()
    expect(outcome.name).to.equal('unavailable')
    expect(asked).to.equal(2)
    expect(milliseconds).to.be.below(2_400)
  })

  it('lets nobody in when the two mean different people', async () => {
    const disagreements: Disagreement[] = []
    const directories = { a: async () => ok({}, '42'), b: async () => ok({}, '43') }
    const onDisagreement = (one: Disagreement) => void disagreements.push(one)
    await using channel = await openAgents(directories, { ...byRealm, onDisagreement })
    const { outcome } = await channel.ask()
    expect(outcome).to.include({ name: 'unavailable', reason: 'misconfigured' })
    expect(disagreements).to.have.length(1)
  })

  it('gives nobody the groups that one agent alone adds', async () => {
    const directories = {
      honest: async () => ok({ name: 'Alice', groups: ['staff'] }),
      lying: async () => ok({ name: 'Alice', groups: ['staff', 'admins'] }),
    }
    await using channel = await openAgents(directories, byRealm)
    for (let count = 0; count < 6; count += 1) {
      const { outcome } = await channel.ask()
      expect(outcome).to.deep.equal(ok({ name: 'Alice', groups: ['staff'] }).outcome)
    }
    expect(channel.logged()).to.contain('two agents give different claims')
    expect(channel.logged()).to.contain('"claims":["groups"]')
  })
})

describe('a group that wants a second opinion', () => {
  it('gets it, and other people do not', async () => {
    const directory: Directory = async ({ username }) => {
      return ok({ groups: username === 'alice' ? ['Admins'] : ['staff'] })
    }
    await using channel = await openAgents({ a: directory, b: directory }, byGroup)
    expect((await channel.ask()).second).to.have.property('agent')
    const asked = { realm: 'corp', username: 'bob', password: 'x', reference: 'REF2' }
    expect(await channel.broker.verify(asked)).not.to.have.property('second')
    const wanted = { ...asked, secondOpinion: true }
    expect((await channel.broker.verify(wanted)).second, 'if asked for').to.have.property('agent')
  })

  it('lets others in when there is only one agent, and people of the group not', async () => {
    const directory: Directory = async ({ username }) => {
      return ok({ groups: username === 'alice' ? ['admins'] : ['staff'] })
    }
    await using channel = await openAgents({ a: directory }, byGroup)
    const asked = { realm: 'corp', username: 'bob', password: 'x', reference: 'REF2' }
    expect((await channel.broker.verify(asked)).outcome.name).to.equal('ok')
    const { outcome } = await channel.ask()
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'noSecondAgent' })
  })
})

describe('two agents that disagree', () => {
  it('are told of, and both are put to the test: the one that lies is found out', async () => {
    const disagreements: Disagreement[] = []
    const lies: string[] = []
    const asked = new Map<string, string[]>([
      ['lying', []],
      ['honest', []],
    ])
    const says = (name: string, answer: BackendAnswer): Directory => {
      return async ({ username }) => {
        asked.get(name)?.push(username)
        return answer
      }
    }
    const directories = { lying: says('lying', yes), honest: says('honest', no) }
    await using channel = await openAgents(directories, {
      ...byRealm,
      onDisagreement: (one) => void disagreements.push(one),
      onLie: async ({ agent }) => void lies.push(agent),
    })
    while (disagreements.length === 0) await channel.ask()
    expect(disagreements).to.deep.equal([
      { realm: 'corp', reference: 'REF1', agents: ['lying', 'honest'] },
    ])
    await eventually(() => {
      for (const names of asked.values()) expect(names).to.contain('nobody')
      expect(lies).to.contain('lying').and.not.to.contain('honest')
    })
  })
})
