import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { pinnedAgents } from '../../provider/broker/agents.ts'
import { type Broker, createBroker } from '../../provider/broker/broker.ts'
import { fixedChannelKeys } from '../../provider/broker/channel-keys.ts'
import { providerSettings } from '../../provider/settings-schema.ts'
import { systemClock } from '../../shared/clock.ts'
import { signingKey } from '../../shared/envelope-keys.ts'
import { openCarriers } from '../../shared/redis/carriers.ts'
import { readSettings, resolveBeside } from '../../shared/settings.ts'
import { eventually } from './eventually.ts'
import type { System } from './start-system.ts'

/** A broker in this process, beside that of the system's provider, with the same agents. */
export interface OwnBroker extends AsyncDisposable {
  readonly verify: Broker['verify']
  logged(): string
}

/** Resolves once it has heard of so many agents. */
export async function openOwnBroker(system: System, agents: number): Promise<OwnBroker> {
  const file = join(system.folder, 'provider.yaml')
  const settings = await readSettings(file, providerSettings)
  if (settings.redis === undefined) throw new Error('a system without Redis')
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  const common = { clock: systemClock, log }
  const parts = { ...common, name: 'own-broker', folder: system.folder }
  const carriers = await openCarriers(settings.redis, parts)
  const pem = await readFile(resolveBeside(file, settings.channelKeyFile), 'utf8')
  const broker = createBroker({
    ...common,
    bus: carriers.bus,
    store: carriers.store,
    agents: await pinnedAgents(settings.agents),
    channelKeys: fixedChannelKeys(await signingKey(pem)),
  })
  const logged = () => lines.join('')
  await eventually(() => logged().split('agent heard').length > agents)

  return {
    verify: (asked) => broker.verify(asked),
    logged,
    [Symbol.asyncDispose]: async () => {
      await broker.stop()
      await carriers.close()
    },
  }
}
