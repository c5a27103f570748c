import type { BusEntry } from '../shared/bus.ts'
import type { Clock } from '../shared/clock.ts'
import {
  type Binding,
  open,
  type SessionKey,
  sealedHash,
  statedHeader,
} from '../shared/envelope.ts'
import { Fault } from '../shared/fault.ts'
import { decodeQuestion, type Question } from '../shared/wire.ts'
import type { Sessions } from './sessions.ts'

/** A sealed question, opened and found genuine; or known only by its envelope. */
export type Read =
  | {
      readonly kind: 'question'
      readonly question: Question
      readonly binding: Binding
      readonly session: SessionKey
      readonly hash: string
    }
  | { readonly kind: 'cannotDecrypt'; readonly binding: Binding; readonly hash: string }
  | { readonly kind: 'expired'; readonly binding: Binding }

/**
 * @throws Fault `forgedMessage` or `badMessage`: nothing in it can be believed, not even to whom
 *   an answer would go
 */
export async function readQuestion(
  entry: BusEntry,
  parts: { agent: string; sessions: Sessions; clock: Clock },
): Promise<Read> {
  const { session: grant = '', question: sealed = '' } = entry
  const binding = statedBinding(sealed, parts.agent)
  if (binding.expires <= parts.clock.now()) return { kind: 'expired', binding }
  const hash = sealedHash(sealed)
  const session = await parts.sessions(grant)
  if (session === undefined) return { kind: 'cannotDecrypt', binding, hash }
  if (session.instance !== binding.instance) {
    throw new Fault('forgedMessage', 'question of another provider process than its session')
  }
  const question = decodeQuestion(await open(sealed, binding, session.key))
  if (!agrees(question, binding)) {
    throw new Fault('forgedMessage', 'question and envelope do not agree')
  }
  return { kind: 'question', question, binding, session: session.key, hash }
}

// What the envelope says of itself is what `open` then has to find true.
function statedBinding(sealed: string, agent: string): Binding {
  const { id, realm, instance, expires } = statedHeader(sealed)
  if (
    typeof id !== 'string' ||
    typeof realm !== 'string' ||
    typeof instance !== 'string' ||
    typeof expires !== 'number'
  ) {
    throw new Fault('badMessage', 'question without id, realm, instance or expiry')
  }
  return { type: 'postern-question', id, agent, realm, instance, expires }
}

function agrees(question: Question, binding: Binding): boolean {
  const names = ['id', 'agent', 'realm', 'instance', 'expires'] as const
  return names.every((name) => question[name] === binding[name])
}
