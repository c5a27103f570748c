import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { Alerts } from './alerts.ts'
import type { AgentDirectory } from './directory.ts'
import type { QuarantineReason } from './record.ts'
import type { Success, Successes } from './successes.ts'

/**
 * Quarantines an agent and says so: nothing more is sealed to it and nothing it says is believed,
 * admins are told, and the log has whom it let in lately. Whatever fails of that, the rest is done;
 * and it is done once, however often it is called.
 */
export type QuarantineAgent = (name: string, why: Grounds) => Promise<void>

export interface Grounds {
  readonly reason: QuarantineReason
  /** For admins; nothing about a person. */
  readonly detail: string
  readonly realm?: string
  readonly reference?: string
}

export function createQuarantine(parts: {
  directory: Pick<AgentDirectory, 'find' | 'quarantine'>
  alerts: Alerts
  successes: Pick<Successes, 'of'>
  log: Logger
}): QuarantineAgent {
  const { directory, alerts, successes, log } = parts
  return async (name, { reason, detail, ...about }) => {
    const before = directory.find(name)?.state
    if (before === 'quarantined' || before === 'revoked') return
    await orLog(log, name, 'the quarantine is not known to other processes yet', () =>
      directory.quarantine(name, reason, detail),
    )
    alerts.raise({
      name: 'agentQuarantined',
      agent: name,
      detail: `${reason}: ${detail}`,
      ...about,
    })
    await orLog(log, name, 'whom the agent let in could not be read', async () => {
      list(log, name, await successes.of(name))
    })
  }
}

// People in one line; more would not pass through what collects logs.
const inOneLine = 50

function list(log: Logger, agent: string, people: readonly Success[]): void {
  const subs = [...new Set(people.map(({ sub }) => sub))]
  const facts = { agent, signIns: people.length, people: subs.length }
  log.error(facts, 'people whom the agent let in within 24 hours; `postern agents show` has more')
  for (let from = 0; from < subs.length; from += inOneLine) {
    log.error({ agent, subs: subs.slice(from, from + inOneLine) }, 'let in by the agent')
  }
}

async function orLog(
  log: Logger,
  agent: string,
  what: string,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act()
  } catch (thrown) {
    const { code, message } = asFault(thrown)
    log.error({ agent, faultCode: code, detail: message }, what)
  }
}
