import type { Clock } from '../shared/clock.ts'
import { type SessionKey, sessionKey } from '../shared/envelope.ts'
import type { VerifyingKey } from '../shared/envelope-keys.ts'
import { openSession } from '../shared/envelope-session.ts'
import { Fault } from '../shared/fault.ts'
import type { Prekeys } from './prekeys.ts'

export interface OpenedSession {
  readonly key: SessionKey
  readonly instance: string
  readonly expires: number
}

/**
 * The session a grant tells of; `undefined` if it was sealed to a prekey that is gone.
 * Remembered by the whole grant and not by a name in it, so that no grant can stand in for another.
 * @throws Fault `forgedMessage` or `badMessage`
 */
export type Sessions = (grant: string) => Promise<OpenedSession | undefined>

// More than provider processes times sessions at once will ever be; a bound all the same, since
// only the provider's signature keeps strangers from filling it.
const mostRemembered = 1_000

export function createSessions(parts: {
  agent: string
  clock: Clock
  prekeys: Prekeys
  /** The provider's keys, as they are pinned at this moment. */
  providerKeys: () => readonly VerifyingKey[]
}): Sessions {
  const { agent, clock, prekeys, providerKeys } = parts
  const remembered = new Map<string, Promise<OpenedSession | undefined>>()

  async function read(sealed: string): Promise<OpenedSession | undefined> {
    const grant = await openSession(sealed, prekeys.held(), providerKeys())
    if (grant === undefined) return undefined
    if (grant.agent !== agent) {
      throw new Fault('forgedMessage', `session grant for the agent ${grant.agent}`)
    }
    const { instance, expires } = grant
    return { key: sessionKey(grant.key), instance, expires }
  }

  // A key in memory opens what was sealed under it, so none stays there for longer than it is used.
  function forgetAtItsEnd(sealed: string, { expires }: OpenedSession): void {
    setTimeout(() => remembered.delete(sealed), Math.max(0, expires - clock.now())).unref()
  }

  function remember(sealed: string): Promise<OpenedSession | undefined> {
    const session = read(sealed)
    remembered.set(sealed, session)
    const oldest = remembered.keys().next().value
    if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest)
    const forget = () => remembered.delete(sealed)
    session.then(
      (opened) => (opened === undefined ? forget() : forgetAtItsEnd(sealed, opened)),
      forget,
    )
    return session
  }

  return async (sealed) => {
    const opened = await (remembered.get(sealed) ?? remember(sealed))
    if (opened !== undefined && opened.expires <= clock.now()) {
      remembered.delete(sealed)
      throw new Fault('forgedMessage', 'the session has ended')
    }
    return opened
  }
}
