import type { Bus } from '../../shared/bus.ts'
import type { Clock } from '../../shared/clock.ts'
import { type Binding, seal, sealedHash } from '../../shared/envelope.ts'
import { streams } from '../../shared/keys.ts'
import { type Question, wireVersion } from '../../shared/wire.ts'
import type { Asked, AskedLookup } from './asked.ts'
import type { Sealing } from './check-verdict.ts'
import type { Present } from './registry.ts'
import type { Sessions } from './sessions.ts'

/** A question as it is before it is sealed for somebody. */
export interface Unsealed {
  readonly id: string
  readonly asked: Asked | AskedLookup
  /** Milliseconds since the epoch. */
  readonly expires: number
}

/** Seals a question for one agent and puts it on that agent's stream. */
export type Deliver = (
  question: Unsealed,
  to: Present,
  /** Called with what its verdict must fit, before it is sent. */
  expect: (sealing: Sealing) => void,
) => Promise<void>

export function createDeliver(parts: {
  bus: Bus
  clock: Clock
  instance: string
  sessions: Sessions
}): Deliver {
  const { bus, clock, instance, sessions } = parts
  return async ({ id, asked, expires }, { agent, heartbeat }, expect) => {
    const { realm, reference } = asked
    const bound = { id, agent: agent.name, realm, instance, expires }
    const binding: Binding = { type: 'postern-question', ...bound }
    const at = clock.now()
    const question: Question = { v: wireVersion, ...bound, at, reference, ...said(asked) }
    const session = await sessions(agent.name, heartbeat)
    const sealed = await seal(JSON.stringify(question), binding, session.key)
    const { key, prekey, grant } = session
    expect({ agent, session: key, prekey, binding, hash: sealedHash(sealed), at })
    // Unsigned: with another name in its place the agent would sign with a key that is not believed.
    const signer = agent.key.id
    await bus.add(streams.requestsTo(agent.name), { session: grant, question: sealed, signer })
  }
}

function said(asked: Asked | AskedLookup) {
  if ('accountId' in asked) return { accountId: asked.accountId }
  const { username, password, newPassword } = asked
  return { username, password, ...(newPassword !== undefined && { newPassword }) }
}
