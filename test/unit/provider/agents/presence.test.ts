import { expect } from 'chai'
import { pino } from 'pino'
import {
  announceProcess,
  hearProcesses,
  type PresenceParts,
} from '../../../../provider/agents/presence.ts'
import { fixedChannelKeys } from '../../../../provider/broker/channel-keys.ts'
import type { Bus } from '../../../../shared/bus.ts'
import { createMemoryBus } from '../../../../shared/bus-memory.ts'
import { createIdentity, signingKey } from '../../../../shared/envelope-keys.ts'
import { streams } from '../../../../shared/keys.ts'
import { eventually } from '../../../support/eventually.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

describe('a provider process', () => {
  let bus: Bus
  let parts: PresenceParts
  beforeEach(async () => {
    bus = createMemoryBus()
    const { privatePem } = await createIdentity()
    const directory = { revocations: () => [], learn: () => undefined, onNews: () => undefined }
    parts = {
      bus,
      clock: stoppedClock(),
      log: pino({ level: 'silent' }),
      directory,
      channelKeys: fixedChannelKeys(await signingKey(privatePem)),
    }
  })

  it('is heard until it says that it ends, and not again when somebody repeats it', async () => {
    const hearing = hearProcesses(parts)
    const said: string[] = []
    const listening = bus.follow(
      streams.providers,
      { backlog: 10, onError: () => undefined },
      async ({ signed = '' }) => void said.push(signed),
    )
    const announcing = announceProcess(parts)
    await eventually(() => hearing.all().length === 1)
    await announcing.stop()
    await eventually(() => hearing.all().length === 0)
    const [first = ''] = said
    await bus.add(streams.providers, { signed: first })
    const other = announceProcess(parts)
    await eventually(() => hearing.all().length > 0)
    expect(hearing.all()).to.have.length(1)
    await Promise.all([other.stop(), listening.stop(), hearing.stop()])
  })
})
