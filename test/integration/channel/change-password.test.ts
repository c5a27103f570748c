import { expect } from 'chai'
import type { BackendAnswer, PasswordChange } from '../../../agent/backends/backend.ts'
import type { Bus } from '../../../shared/bus.ts'
import { createMemoryBus } from '../../../shared/bus-memory.ts'
import { type Channel, no, openChannel, yes } from '../../support/channel.ts'
import { eventually } from '../../support/eventually.ts'

describe('a change of a password over the channel', () => {
  const change = (channel: Channel) =>
    channel.broker.verify({
      realm: 'corp',
      username: 'alice',
      password: 'open sesame',
      newPassword: 'close sesame',
      reference: 'REF1',
    })
  const heard = (channel: Channel, count: number) =>
    eventually(() => channel.logged().split('agent heard').length === count + 1)

  it('reaches the directory once, with the old password and the new one, and brings back who it is', async () => {
    const changes: PasswordChange[] = []
    const changePassword = async (wanted: PasswordChange) => {
      changes.push(wanted)
      return { ...yes, directory: 'ldaps://dc1' }
    }
    await using channel = await openChannel(['a'])
    await channel.startAgent('a', async () => no, { changePassword })
    await heard(channel, 1)
    const { outcome, agent, directory } = await change(channel)
    expect({ outcome, agent, directory }).to.deep.equal({
      outcome: yes.outcome,
      agent: 'a',
      directory: 'ldaps://dc1',
    })
    expect(changes).to.have.lengthOf(1)
    expect(changes[0]).to.include({ password: 'open sesame', newPassword: 'close sesame' })
  })

  it('brings back why it was refused', async () => {
    const changePassword = async (): Promise<BackendAnswer> => ({ outcome: { name: 'inHistory' } })
    await using channel = await openChannel(['a'])
    await channel.startAgent('a', async () => yes, { changePassword })
    await heard(channel, 1)
    expect((await change(channel)).outcome).to.deep.equal({ name: 'inHistory' })
  })

  it('is not permitted by an agent whose settings do not let it', async () => {
    let verified = 0
    await using channel = await openChannel(['a'])
    await channel.startAgent('a', async () => {
      verified += 1
      return yes
    })
    await heard(channel, 1)
    expect((await change(channel)).outcome).to.deep.equal({ name: 'notPermitted' })
    expect(verified).to.equal(0)
  })

  it('is made by one agent alone; a second opinion is whether the new password is right', async () => {
    let changes = 0
    const asked: string[] = []
    const changePassword = async () => {
      changes += 1
      return yes
    }
    const directory = async ({ password }: { password: string }) => {
      asked.push(password)
      return yes
    }
    const corp = { name: 'corp', suffixes: [], canaries: { names: ['nobody'], patterns: [] } }
    const realms = [{ ...corp, secondOpinion: true, secondOpinionGroups: [] }]
    await using channel = await openChannel(['a', 'b'], { mistrust: { realms } })
    for (const name of ['a', 'b']) await channel.startAgent(name, directory, { changePassword })
    await heard(channel, 2)
    const { outcome, agent, second } = await change(channel)
    expect(outcome).to.deep.equal(yes.outcome)
    expect([agent, second?.agent]).to.have.members(['a', 'b'])
    expect(changes).to.equal(1)
    expect(asked).to.deep.equal(['close sesame'])
  })

  it('shows neither password to whoever reads the bus, the store or the log', async () => {
    const seen: string[] = []
    const bus = createMemoryBus()
    const watched: Bus = {
      ...bus,
      add: async (stream, entry) => {
        seen.push(JSON.stringify(entry))
        return bus.add(stream, entry)
      },
    }
    await using channel = await openChannel(['a'], { bus: watched })
    await channel.startAgent('a', async () => no, { changePassword: async () => yes })
    await heard(channel, 1)
    await change(channel)
    expect(seen.join()).to.contain('question')
    for (const password of ['open sesame', 'close sesame']) {
      expect(seen.join() + channel.logged()).not.to.contain(password)
    }
  })
})
