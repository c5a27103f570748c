import { pino } from 'pino'
import { type Broker, createBroker } from '../../provider/broker/broker.ts'
import { systemClock } from '../../shared/clock.ts'
import { eventually } from './eventually.ts'
import type { System } from './start-system.ts'
import { openSystemAgents } from './system-agents.ts'

/** A broker in this process, beside that of the system's provider, with the same agents. */
export interface OwnBroker extends AsyncDisposable {
  readonly verify: Broker['verify']
  logged(): string
}

/** Resolves once it has heard of so many agents. */
export async function openOwnBroker(system: System, agents: number): Promise<OwnBroker> {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  const beside = await openSystemAgents(system, { name: 'own-broker', log })
  const { bus, store } = beside.carriers
  const broker = createBroker({
    bus,
    store,
    clock: systemClock,
    log,
    agents: beside.agents.trusted,
    channelKeys: beside.channelKeys,
  })
  const logged = () => lines.join('')
  await eventually(() => logged().split('agent heard').length > agents)

  return {
    verify: (asked) => broker.verify(asked),
    logged,
    [Symbol.asyncDispose]: async () => {
      await broker.stop()
      await beside[Symbol.asyncDispose]()
    },
  }
}
