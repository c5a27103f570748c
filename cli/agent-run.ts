import { dirname } from 'node:path'
import { type RunningAgent, startAgent } from '../agent/main.ts'
import { agentSettings } from '../agent/settings-schema.ts'
import { systemClock } from '../shared/clock.ts'
import { createLog } from '../shared/log.ts'
import { readSettings } from '../shared/settings.ts'

/** An agent as its settings file says. */
export async function runAgent(file: string): Promise<RunningAgent> {
  const settings = await readSettings(file, agentSettings)
  const log = createLog({ level: settings.log.level, process: 'agent' })
  const agent = await startAgent(settings, { clock: systemClock, log, folder: dirname(file) })
  const refresh = () => agent.refresh()
  process.on('SIGHUP', refresh)
  return {
    ...agent,
    stop: async () => {
      process.off('SIGHUP', refresh)
      await agent.stop()
    },
  }
}
