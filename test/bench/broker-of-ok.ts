import { openOwnBroker } from '../support/own-broker.ts'
import type { System } from '../support/start-system.ts'
import type { Person } from './sign-in.ts'

/** A broker in this process, of which every question has to end well: others cost something else. */
export interface BrokerOfOk extends AsyncDisposable {
  /** @throws if the agent says anything but `ok` */
  verify(person: Person): Promise<void>
}

export async function openBrokerOfOk(system: System): Promise<BrokerOfOk> {
  // Without a line for each question.
  const broker = await openOwnBroker(system, system.agents.length, { logLevel: 'info' })
  return {
    verify: async ({ username, password }) => {
      const asked = { realm: 'lab', username, password, reference: 'BENCH' }
      const { outcome } = await broker.verify(asked)
      if (outcome.name !== 'ok') throw new Error(`not ok but ${JSON.stringify(outcome)}`)
    },
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  }
}
