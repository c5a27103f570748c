import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pinnedAgents } from '../../provider/broker/agents.ts'
import { createBroker } from '../../provider/broker/broker.ts'
import { fixedChannelKeys } from '../../provider/broker/channel-keys.ts'
import { providerSettings } from '../../provider/settings-schema.ts'
import { systemClock } from '../../shared/clock.ts'
import { signingKey } from '../../shared/envelope-keys.ts'
import { createLog } from '../../shared/log.ts'
import { openCarriers } from '../../shared/redis/carriers.ts'
import { readSettings, resolveBeside } from '../../shared/settings.ts'
import { eventually } from '../support/eventually.ts'
import type { System } from '../support/start-system.ts'
import type { Person } from './sign-in.ts'

/** A broker in this process, with the settings, and so the agents, of a running system. */
export interface OwnBroker extends AsyncDisposable {
  /** @throws if the agent says anything but `ok` */
  verify(person: Person): Promise<void>
}

/** Resolves once it has heard of an agent. */
export async function openOwnBroker(system: System, first: Person): Promise<OwnBroker> {
  const file = join(system.folder, 'provider.yaml')
  const settings = await readSettings(file, providerSettings)
  if (settings.redis === undefined) throw new Error('a system without Redis')
  const common = { clock: systemClock, log: createLog({ level: 'warn', process: 'bench' }) }
  const carriers = await openCarriers(settings.redis, {
    ...common,
    name: 'bench',
    folder: system.folder,
  })
  const pem = await readFile(resolveBeside(file, settings.channelKeyFile), 'utf8')
  const broker = createBroker({
    ...common,
    bus: carriers.bus,
    store: carriers.store,
    agents: await pinnedAgents(settings.agents),
    channelKeys: fixedChannelKeys(await signingKey(pem)),
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
      await carriers.close()
    },
  }
}
