import type { Clock } from '../../shared/clock.ts'
import { type SessionKey, sessionKey } from '../../shared/envelope.ts'
import type { SigningKey } from '../../shared/envelope-keys.ts'
import { sealSession } from '../../shared/envelope-session.ts'
import { Fault } from '../../shared/fault.ts'
import { type Heartbeat, type Prekey, wireVersion } from '../../shared/wire.ts'
import { type ChannelKeys, signerFor } from './channel-keys.ts'

/** A session key and the sealed grant that tells one agent of it. */
export interface Session {
  readonly key: SessionKey
  /** Sent along with every question, so that an agent that has just started needs nothing else. */
  readonly grant: string
  readonly prekey: string
  readonly expires: number
}

/** The session to seal with for an agent that says this of its newest prekey, and of our keys. */
export type Sessions = (agent: string, said: Said) => Promise<Session>

type Said = Pick<Heartbeat, 'prekey' | 'trusts'>

/**
 * Milliseconds. RSA costs a hundred times what the sealing of a question costs; and a session is
 * also how long a key lies in two memories.
 */
const lifetime = 5 * 60_000

/**
 * @param parts.instance the provider process that verdicts are sealed back to
 * @param parts.margin how long before its end a session is not used any more: a question's deadline
 */
export function createSessions(parts: {
  clock: Clock
  channelKeys: ChannelKeys
  instance: string
  margin: number
}): Sessions {
  const { clock, channelKeys, instance, margin } = parts
  const current = new Map<string, Kept>()

  async function create(agent: string, to: Prekey, by: SigningKey, now: number): Promise<Session> {
    const secret = clock.randomBytes(32).toString('base64url')
    const expires = now + lifetime
    const grant = { v: wireVersion, agent, instance, key: secret, at: now, expires } as const
    return {
      key: sessionKey(secret),
      grant: await sealSession(grant, to, by),
      prekey: to.kid,
      expires,
    }
  }

  return async (agent, { prekey, trusts }) => {
    const now = clock.now()
    const by = signerFor(channelKeys, trusts)
    // The registry shows no such agent as live.
    if (by === undefined) throw new Fault('internal', `${agent} trusts none of the channel's keys`)
    const known = current.get(agent)
    const isGood = known?.prekey === prekey.kid && known.signer === by.id && now < known.until
    if (isGood) return known.session
    const session = create(agent, prekey, by, now)
    const until = now + lifetime - margin
    current.set(agent, { prekey: prekey.kid, signer: by.id, until, session })
    return session
  }
}

interface Kept {
  readonly prekey: string
  /** Which of our keys signed its grant. */
  readonly signer: string
  readonly until: number
  readonly session: Promise<Session>
}
