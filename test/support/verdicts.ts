import type { BackendAnswer } from '../../agent/backends/backend.ts'
import type { BusEntry } from '../../shared/bus.ts'
import { systemClock } from '../../shared/clock.ts'
import { type Binding, type SessionKey, seal } from '../../shared/envelope.ts'
import type { SigningKey } from '../../shared/envelope-keys.ts'
import { sign } from '../../shared/envelope-signature.ts'
import type { Verdict } from '../../shared/wire.ts'
import { yes } from './channel.ts'
import type { Seen } from './curious-agent.ts'

/** Where a verdict is not as it should be. */
export interface Twist {
  readonly says?: BackendAnswer
  /** In the signed text. */
  readonly verdict?: Partial<Verdict> | Readonly<Record<string, unknown>>
  /** In the seal around it. */
  readonly binding?: Partial<Binding>
  readonly session?: SessionKey
  readonly by?: SigningKey
  readonly type?: Parameters<typeof sign>[0]
  readonly unsealed?: boolean
  /** In the entry that carries it. */
  readonly entry?: BusEntry
}

/** A reply as the agent's own code writes it, but for the twist. */
export async function verdictTo(seen: Seen, twist: Twist = {}): Promise<BusEntry> {
  const { id, agent, realm, instance } = seen.binding
  const bound = { v: 1, id, agent, realm, instance } as const
  const at = systemClock.now()
  const said: Verdict = { ...bound, requestHash: seen.hash, at, ...(twist.says ?? yes) }
  const text = JSON.stringify({ ...said, ...twist.verdict })
  const signed = await sign(twist.type ?? 'postern-verdict', text, twist.by ?? seen.identity)
  const binding = { ...seen.binding, type: 'postern-verdict', ...twist.binding } as const
  const verdict = twist.unsealed
    ? signed
    : await seal(signed, binding, twist.session ?? seen.session)
  return { id, agent, verdict, ...twist.entry }
}
