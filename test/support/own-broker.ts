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

/**
 * Resolves once it has heard of so many agents.
 * @param options.deadline milliseconds for each question
 * @param options.logLevel what a measurement does not want to pay for is left out
 */
export async function openOwnBroker(
  system: System,
  agents: number,
  { deadline, logLevel = 'debug' }: { deadline?: number; logLevel?: 'debug' | 'info' } = {},
): Promise<OwnBroker> {
  const lines: string[] = []
  const log = pino({ level: logLevel }, { write: (line: string) => lines.push(line) })
  const beside = await openSystemAgents(system, { name: 'own-broker', log })
  const { bus, store } = beside.carriers
  const broker = createBroker({
    bus,
    store,
    clock: systemClock,
    log,
    agents: beside.agents.trusted,
    channelKeys: beside.channelKeys,
    ...(deadline !== undefined && { deadline }),
  })
  const logged = () => lines.join('')
  // Only when to give up: agents look for a Redis that was emptied every few seconds.
  await eventually(() => logged().split('agent heard').length > agents, { within: 20_000 })

  return {
    verify: (asked) => broker.verify(asked),
    logged,
    [Symbol.asyncDispose]: async () => {
      await broker.stop()
      await beside[Symbol.asyncDispose]()
    },
  }
}
