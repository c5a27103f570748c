/**
 * `postern agent run`, owned by somebody: it has the true keys and all of the code, but for the
 * directory, in place of which it says yes to whatever it is asked, about the person it is told.
 */
import { dirname } from 'node:path'
import { startAgent } from '../../agent/main.ts'
import { agentSettings } from '../../agent/settings-schema.ts'
import { untilSignal } from '../../cli/until-signal.ts'
import { systemClock } from '../../shared/clock.ts'
import { createLog } from '../../shared/log.ts'
import { readSettings } from '../../shared/settings.ts'

const [, , file = '', id = ''] = process.argv
const settings = await readSettings(file, agentSettings)
const log = createLog({ level: settings.log.level, process: 'agent' })
const account = { id, claims: { preferred_username: 'the boss', groups: ['admins'] } }
const createBackend = async () => ({
  verify: async () => ({ outcome: { name: 'ok', account } }) as const,
})
const parts = { clock: systemClock, log, folder: dirname(file), createBackend }
await untilSignal(() => startAgent(settings, parts))
