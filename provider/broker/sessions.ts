import type { Clock } from '../../shared/clock.ts'
import { type SessionKey, sessionKey } from '../../shared/envelope.ts'
import type { SigningKey } from '../../shared/envelope-keys.ts'
import { sealSession } from '../../shared/envelope-session.ts'
import { type Prekey, wireVersion } from '../../shared/wire.ts'

/** A session key and the sealed grant that tells one agent of it. */
export interface Session {
  readonly key: SessionKey
  /** Sent along with every question, so that an agent that has just started needs nothing else. */
  readonly grant: string
  readonly prekey: string
  readonly expires: number
}

/** The session to seal with for an agent whose newest prekey is this one. */
export type Sessions = (agent: string, prekey: Prekey) => Promise<Session>

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
  channelKey: SigningKey
  instance: string
  margin: number
}): Sessions {
  const { clock, channelKey, instance, margin } = parts
  const current = new Map<string, { prekey: string; until: number; session: Promise<Session> }>()

  async function create(agent: string, prekey: Prekey, now: number): Promise<Session> {
    const secret = clock.randomBytes(32).toString('base64url')
    const expires = now + lifetime
    const grant = { v: wireVersion, agent, instance, key: secret, at: now, expires } as const
    const sealed = await sealSession(grant, prekey, channelKey)
    return { key: sessionKey(secret), grant: sealed, prekey: prekey.kid, expires }
  }

  return (agent, prekey) => {
    const now = clock.now()
    const known = current.get(agent)
    if (known?.prekey === prekey.kid && now < known.until) return known.session
    const session = create(agent, prekey, now)
    current.set(agent, { prekey: prekey.kid, until: now + lifetime - margin, session })
    return session
  }
}
