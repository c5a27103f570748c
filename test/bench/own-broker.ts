import { createBroker } from '../../provider/broker/broker.ts'
import { systemClock } from '../../shared/clock.ts'
import { createLog } from '../../shared/log.ts'
import { eventually } from '../support/eventually.ts'
import type { System } from '../support/start-system.ts'
import { openSystemAgents } from '../support/system-agents.ts'
import type { Person } from './sign-in.ts'

/** A broker in this process, with the settings, and so the agents, of a running system. */
export interface OwnBroker extends AsyncDisposable {
  /** @throws if the agent says anything but `ok` */
  verify(person: Person): Promise<void>
}

/** Resolves once it has heard of an agent. */
export async function openOwnBroker(system: System, first: Person): Promise<OwnBroker> {
  const log = createLog({ level: 'warn', process: 'bench' })
  const beside = await openSystemAgents(system, { name: 'bench', log })
  const { bus, store } = beside.carriers
  const broker = createBroker({
    bus,
    store,
    clock: systemClock,
    log,
    agents: beside.agents.trusted,
    channelKeys: beside.channelKeys,
  })
  const ask = ({ username, password }: Person) =>
    broker.verify({ realm: 'lab', username, password, reference: 'BENCH' })
  await eventually(async () => (await ask(first)).outcome.name === 'ok')

  return {
    verify: async (person) => {
      const { outcome } = await ask(person)
      if (outcome.name !== 'ok') throw new Error(`not ok but ${JSON.stringify(outcome)}`)
    },
    [Symbol.asyncDispose]: async () => {
      await broker.stop()
      await beside[Symbol.asyncDispose]()
    },
  }
}
