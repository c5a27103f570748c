import { expect } from 'chai'
import { memoryAuthority } from '../../../../provider/agents/memory-authority.ts'
import { fixedChannelKeys } from '../../../../provider/broker/channel-keys.ts'
import { createRegistry } from '../../../../provider/broker/registry.ts'
import { createMemoryBus } from '../../../../shared/bus-memory.ts'
import { createIdentity, signingKey } from '../../../../shared/envelope-keys.ts'
import { streams } from '../../../../shared/keys.ts'
import { createLog } from '../../../../shared/log.ts'
import { certify } from '../../../support/certify.ts'
import { eventually } from '../../../support/eventually.ts'
import { openMemoryAgents } from '../../../support/memory-agents.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

describe('a registry of agents', () => {
  it('says once a minute, and not at each heartbeat, that an agent is unknown', async () => {
    const clock = stoppedClock()
    const lines: string[] = []
    const bus = createMemoryBus()
    const log = createLog({ level: 'debug', process: 'test' }, { write: (l) => lines.push(l) })
    const { privatePem } = await createIdentity()
    const channelKeys = fixedChannelKeys(await signingKey(privatePem))
    const [ours, theirs] = await Promise.all([memoryAuthority(clock), memoryAuthority(clock)])
    const agents = await openMemoryAgents({ authority: ours, channelKeys, clock, log })
    const registry = createRegistry({ bus, agents: agents.trusted, channelKeys, clock, log })
    const { certificate } = await certify(theirs.authority, 'stranger', ['corp'])
    const stranger = { agent: 'stranger', signed: 'x.y.z', certificate }
    for (let beat = 0; beat < 5; beat += 1) await bus.add(streams.heartbeats, stranger)
    await eventually(() => lines.length === 1)
    clock.advance(60_000)
    for (let beat = 0; beat < 5; beat += 1) await bus.add(streams.heartbeats, stranger)
    await eventually(() => lines.length === 2)
    await registry.stop()
    await agents.stop()
    expect(lines).to.have.length(2)
    expect(JSON.parse(lines[1] ?? '')).to.include({
      detail: 'certificate of stranger: no authority of ours signed it',
    })
  })
})
