import { hash } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import type { Heartbeat } from '../../shared/wire.ts'
import type { TrustedAgent } from './agents.ts'
import { type Judgement, listen, nobodyYet, type Speakers } from './clones.ts'

/** Told of each heartbeat that is an agent's own. @param text what was signed */
export type CloneWatch = (agent: TrustedAgent, heartbeat: Heartbeat, text: string) => void

/** An agent's identity is used twice at once, or its counter went back. */
export type Suspect = (
  agent: Pick<TrustedAgent, 'name' | 'enrolment'>,
  reason: Exclude<Judgement['name'], 'fine'>,
  detail: string,
) => void

export function createCloneWatch(parts: { clock: Clock; suspect: Suspect }): CloneWatch {
  const { clock, suspect } = parts
  const all = new Map<string, Speakers>()
  return (agent, heartbeat, text) => {
    const { enrolment } = agent
    const heard = { now: clock.now(), content: hash('sha256', text, 'base64url') }
    const { after, judgement } = listen(all.get(enrolment) ?? nobodyYet, heartbeat, heard)
    all.set(enrolment, after)
    if (judgement.name !== 'fine') suspect(agent, judgement.name, judgement.detail)
  }
}
