import type { Noted, Successes } from '../../agents/successes.ts'
import type { Answer } from '../../broker/asked.ts'

/** Whom agents have let in, for when one of them turns out to lie. */
export function noteSuccess(
  successes: Pick<Successes, 'note'>,
  { realm, reference, clientId, sub }: Omit<Noted, 'alsoBy'>,
  { agent, second }: Pick<Answer, 'agent' | 'second'>,
): void {
  const success = { realm, sub, reference, clientId }
  if (agent === undefined) return
  successes.note(agent, { ...success, ...(second && { alsoBy: second.agent }) })
  if (second) successes.note(second.agent, { ...success, alsoBy: agent })
}
