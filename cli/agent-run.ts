import { dirname } from 'node:path'
import { fixedIdentity } from '../agent/identity/identity.ts'
import { type RunningAgent, startAgent } from '../agent/main.ts'
import { agentSettings } from '../agent/settings-schema.ts'
import { systemClock } from '../shared/clock.ts'
import { verifyingKey } from '../shared/envelope-keys.ts'
import { createLog } from '../shared/log.ts'
import { readSettings, resolveBeside } from '../shared/settings.ts'
import { readSigningKey } from './key-file.ts'

/** An agent as its settings file says. */
export async function runAgent(file: string): Promise<RunningAgent> {
  const settings = await readSettings(file, agentSettings)
  const identity = fixedIdentity({
    key: await readSigningKey(resolveBeside(file, settings.identityKeyFile)),
    certificate: '',
    providerKeys: [await verifyingKey(settings.providerPublicKey)],
  })
  const log = createLog({ level: settings.log.level, process: 'agent' })
  return startAgent(settings, { clock: systemClock, log, identity, folder: dirname(file) })
}
