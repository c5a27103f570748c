import { expect } from 'chai'
import { memoryAuthority } from '../../../provider/agents/memory-authority.ts'
import type { Bus, BusEntry } from '../../../shared/bus.ts'
import { createMemoryBus } from '../../../shared/bus-memory.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createIdentity, signingKey } from '../../../shared/envelope-keys.ts'
import { sign } from '../../../shared/envelope-signature.ts'
import { claimKey } from '../../../shared/keys.ts'
import type { Heartbeat } from '../../../shared/wire.ts'
import { certify } from '../../support/certify.ts'
import { type Channel, no, openChannel, yes } from '../../support/channel.ts'
import { eventually } from '../../support/eventually.ts'

/** A carrier that shows its owner everything, and does with it what the owner wants. */
function tappedBus(meddle: (stream: string, entry: BusEntry, bus: Bus) => Promise<void>): {
  bus: Bus
  seen: { stream: string; entry: BusEntry }[]
} {
  const honest = createMemoryBus()
  const seen: { stream: string; entry: BusEntry }[] = []
  const bus: Bus = {
    ...honest,
    add: async (stream, entry) => {
      seen.push({ stream, entry })
      await meddle(stream, entry, honest)
    },
  }
  return { bus, seen }
}

const isReply = (stream: string) => stream.startsWith('replies:')
const ready = (channel: Channel) => eventually(async () => channel.logged().includes('agent heard'))

describe('whoever owns the bus', () => {
  it('cannot turn a no into a yes with a verdict from another sign-in', async () => {
    let kept: BusEntry | undefined
    const { bus } = tappedBus(async (stream, entry, honest) => {
      if (!isReply(stream)) return honest.add(stream, entry)
      if (kept === undefined) {
        kept = entry
        return honest.add(stream, entry)
      }
      return honest.add(stream, { ...entry, verdict: kept['verdict'] ?? '' })
    })
    await using channel = await openChannel(['a'], { bus, deadline: 900 })
    await channel.startAgent('a', async ({ password }) => (password === 'right' ? yes : no))
    await ready(channel)
    expect((await channel.ask('right')).outcome.name).to.equal('ok')
    expect((await channel.ask('wrong')).outcome).to.deep.equal({
      name: 'unavailable',
      reason: 'agentTimeout',
    })
    expect(channel.logged()).to.contain('a verdict was refused').and.to.contain('"REF1"')
  })

  it('cannot answer with a verdict signed by a key of their own', async () => {
    const stranger = await signingKey((await createIdentity()).privatePem)
    const { bus } = tappedBus(async (stream, entry, honest) => {
      if (!isReply(stream)) return honest.add(stream, entry)
      const forged = { v: 1, outcome: yes.outcome }
      const verdict = await sign('postern-verdict', JSON.stringify(forged), stranger)
      return honest.add(stream, { ...entry, verdict })
    })
    await using channel = await openChannel(['a'], { bus, deadline: 700 })
    await channel.startAgent('a', async () => no)
    await ready(channel)
    expect((await channel.ask()).outcome.name).to.equal('unavailable')
    expect(channel.logged()).to.contain('PST-905')
  })

  it('cannot end a sign-in with a forgery before the true verdict comes', async () => {
    const { bus } = tappedBus(async (stream, entry, honest) => {
      if (isReply(stream)) await honest.add(stream, { ...entry, verdict: 'x.y.z' })
      await honest.add(stream, entry)
    })
    await using channel = await openChannel(['a'], { bus })
    await channel.startAgent('a', async () => yes)
    await ready(channel)
    expect((await channel.ask()).outcome.name).to.equal('ok')
  })

  it('cannot have a password tried twice by playing a question again', async () => {
    let asked = 0
    const { bus, seen } = tappedBus((stream, entry, honest) => honest.add(stream, entry))
    await using channel = await openChannel(['a'], { bus })
    await channel.startAgent('a', async () => {
      asked += 1
      return no
    })
    await ready(channel)
    const { requestId } = await channel.ask()
    const question = seen.find(({ stream }) => stream === 'agent:a:requests')
    await channel.store.delete(claimKey(requestId))
    await bus.add('agent:a:requests', question?.entry ?? {})
    await eventually(async () => channel.logged().includes('not ours to answer'))
    expect(asked).to.equal(1)
  })

  it('cannot hand one agent the question of another', async () => {
    let askedB = 0
    const { bus } = tappedBus((stream, entry, honest) => {
      return honest.add(stream === 'agent:a:requests' ? 'agent:b:requests' : stream, entry)
    })
    await using channel = await openChannel(['a', 'b'], { bus, deadline: 700 })
    await channel.startAgent('a', async () => yes)
    await ready(channel)
    const b = { ...channel.bus, add: async () => {} }
    await channel.startAgent(
      'b',
      async () => {
        askedB += 1
        return yes
      },
      { bus: b },
    )
    expect((await channel.ask()).outcome.name).to.equal('unavailable')
    await eventually(async () => channel.logged().includes('a question'))
    expect(askedB).to.equal(0)
  })

  it('cannot make an agent try passwords of their own, even knowing its prekey', async () => {
    const { sealSession } = await import('../../../shared/envelope-session.ts')
    const { seal, sessionKey } = await import('../../../shared/envelope.ts')
    let asked = 0
    const { bus, seen } = tappedBus((stream, entry, honest) => honest.add(stream, entry))
    await using channel = await openChannel(['a'], { bus })
    await channel.startAgent('a', async () => {
      asked += 1
      return yes
    })
    await ready(channel)
    const signed = seen.find(({ stream }) => stream === 'heartbeats')?.entry['signed'] ?? ''
    const text = Buffer.from(signed.split('.')[1] ?? '', 'base64url').toString()
    const heartbeat = JSON.parse(text) as Heartbeat
    const expires = Date.now() + 5_000
    const key = 'k'.repeat(43)
    const stranger = await signingKey((await createIdentity()).privatePem)
    const grant = { v: 1, agent: 'a', instance: 'evil', key, at: Date.now(), expires } as const
    const session = await sealSession(grant, heartbeat.prekey, stranger)
    const bound = { id: 'q', agent: 'a', realm: 'corp', instance: 'evil', expires }
    const question = {
      v: 1,
      ...bound,
      at: Date.now(),
      reference: 'r',
      username: 'u',
      password: 'p',
    }
    const sealed = await seal(
      JSON.stringify(question),
      { type: 'postern-question', ...bound },
      sessionKey(key),
    )
    await bus.add('agent:a:requests', { session, question: sealed })
    await eventually(async () => channel.logged().includes('a question was refused'))
    expect(asked).to.equal(0)
  })

  it('cannot add an agent by sending heartbeats', async () => {
    const stranger = await signingKey((await createIdentity()).privatePem)
    await using channel = await openChannel(['a'])
    const heartbeat = { agent: 'a', at: Date.now() }
    const signed = await sign('postern-heartbeat', JSON.stringify(heartbeat), stranger)
    const { authority } = await memoryAuthority(systemClock)
    const own = await certify(authority, 'a', ['corp'])
    const { certificate } = channel.certified('a')
    await channel.bus.add('heartbeats', { agent: 'a', signed, certificate })
    await channel.bus.add('heartbeats', { agent: 'a', signed, certificate: own.certificate })
    await channel.bus.add('heartbeats', { garbage: 'yes' })
    await eventually(async () => channel.logged().split('a heartbeat was refused').length === 4)
    const { outcome } = await channel.ask()
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'noAgent' })
  })

  it('reads no name, password, group or verdict', async () => {
    const { bus, seen } = tappedBus((stream, entry, honest) => honest.add(stream, entry))
    await using channel = await openChannel(['a'], { bus })
    await channel.startAgent('a', async () => {
      return { outcome: { name: 'ok', account: { id: '42', claims: { groups: ['top-secret'] } } } }
    })
    await ready(channel)
    expect((await channel.ask('open sesame')).outcome.name).to.equal('ok')
    const all = seen
      .flatMap(({ entry }) => Object.values(entry))
      .flatMap((value) => [value, ...value.split('.').map(decoded)])
      .join('\n')
    expect(all).to.contain('postern-question')
    for (const secret of ['open sesame', 'alice', 'top-secret']) {
      expect(all).not.to.contain(secret)
    }
  })
})

describe('an agent of another realm', () => {
  const realms = { a: ['corp'], b: ['lab'] }

  it('is sent nothing of this one, whatever it says it serves', async () => {
    await using channel = await openChannel(['a', 'b'], { realms })
    await channel.startAgent('b', async () => yes, { realms: ['lab', 'corp'] })
    await ready(channel)
    expect((await channel.ask('open sesame', 'lab')).outcome.name).to.equal('ok')
    const { outcome } = await channel.ask('open sesame', 'corp')
    expect(outcome).to.deep.equal({ name: 'unavailable', reason: 'noAgent' })
  })

  it('cannot open a question of this one that was led to it', async () => {
    let askedB = 0
    const { bus, seen } = tappedBus((stream, entry, honest) =>
      honest.add(stream.replace('agent:a:', 'agent:b:'), entry),
    )
    await using channel = await openChannel(['a', 'b'], { bus, realms, deadline: 700 })
    await channel.startAgent('a', async () => yes)
    await ready(channel)
    await channel.startAgent(
      'b',
      async () => {
        askedB += 1
        return yes
      },
      { realms: ['lab', 'corp'] },
    )
    expect((await channel.ask()).outcome.name).to.equal('unavailable')
    await eventually(() => seen.some(({ entry }) => entry['agent'] === 'b' && 'verdict' in entry))
    expect(channel.logged()).to.contain('a question for a prekey that is gone')
    expect(askedB).to.equal(0)
  })

  it('cannot answer a question of this one, in its own name or in another', async () => {
    const { bus, seen } = tappedBus(async (stream, entry, honest) => {
      if (!isReply(stream)) return honest.add(stream, entry)
      const { id = '' } = entry
      const verdict = { v: 1, id, agent: 'a', realm: 'corp', outcome: yes.outcome }
      const key = channelOf().certified('b').key
      for (const agent of ['a', 'b']) {
        const text = JSON.stringify({ ...verdict, agent })
        const forged = await sign('postern-verdict', text, key)
        await honest.add(stream, { id, agent, verdict: forged })
      }
    })
    await using channel = await openChannel(['a', 'b'], { bus, realms, deadline: 700 })
    const channelOf = () => channel
    await channel.startAgent('a', async () => no)
    await ready(channel)
    expect((await channel.ask()).outcome.name).to.equal('unavailable')
    expect(channel.logged()).to.contain('PST-905').and.to.contain('a reply to no open question')
    expect(seen.filter(({ stream }) => isReply(stream))).to.have.length(1)
  })
})

const decoded = (part: string) => Buffer.from(part, 'base64url').toString('latin1')
