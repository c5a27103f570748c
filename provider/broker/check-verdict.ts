import { type Binding, open, type SessionKey } from '../../shared/envelope.ts'
import { verify } from '../../shared/envelope-signature.ts'
import { Fault } from '../../shared/fault.ts'
import { decodeVerdict, type Verdict } from '../../shared/wire.ts'
import type { TrustedAgent } from './agents.ts'

/** One sealing of a question for one agent: what its verdict must fit. */
export interface Sealing {
  readonly agent: TrustedAgent
  readonly session: SessionKey
  readonly prekey: string
  /** Of the question; a verdict carries the same with its own type. */
  readonly binding: Binding
  /** SHA-256 of the sealed question. */
  readonly hash: string
  /** When it was sealed. */
  readonly at: number
}

// Milliseconds by which an agent's clock may be off; it answers nothing if ours is further away.
const greatestSkew = 30_000

/** A genuine verdict. */
export interface CheckedVerdict extends Verdict {
  /** It came unsealed: the agent could not open the question, and may be sent it once more. */
  readonly unread?: true
}

/**
 * The verdict in a reply, if it is this agent's answer to this very question, given since.
 * @param now milliseconds since the epoch
 * @throws Fault `forgedMessage` or `badMessage` otherwise
 */
export async function checkVerdict(
  reply: string,
  sealing: Sealing,
  now: number,
): Promise<CheckedVerdict> {
  const isSealed = reply.split('.').length === 5
  const binding = { ...sealing.binding, type: 'postern-verdict' } as const
  const signed = isSealed ? await open(reply, binding, sealing.session) : reply
  const verdict = decodeVerdict(await verify('postern-verdict', signed, sealing.agent.key))
  const { id, agent, realm, instance } = sealing.binding
  const wanted = { id, agent, realm, instance, requestHash: sealing.hash }
  const wrong = Object.entries(wanted).filter(
    ([name, value]) => verdict[name as keyof typeof wanted] !== value,
  )
  if (wrong.length > 0) {
    const names = wrong.map(([name]) => name).join(', ')
    throw new Fault('forgedMessage', `verdict about another ${names}`)
  }
  if (verdict.at < sealing.at - greatestSkew || verdict.at > now + greatestSkew) {
    throw new Fault('forgedMessage', 'a verdict from another time')
  }
  if (!isSealed && !saysCannotDecrypt(verdict)) {
    throw new Fault('forgedMessage', 'an unsealed verdict that claims to have read the question')
  }
  return isSealed ? verdict : { ...verdict, unread: true }
}

/** The one thing an agent without the session key can truthfully say. */
function saysCannotDecrypt({ outcome }: Verdict): boolean {
  return outcome.name === 'unavailable' && outcome.reason === 'cannotDecrypt'
}
