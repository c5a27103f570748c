import type { Bus, Subscription } from '../shared/bus.ts'
import { type Clock, randomId } from '../shared/clock.ts'
import { sign } from '../shared/envelope-signature.ts'
import { asFault } from '../shared/fault.ts'
import { streams } from '../shared/keys.ts'
import type { Logger } from '../shared/log.ts'
import { type Heartbeat, wireVersion } from '../shared/wire.ts'
import type { Identity } from './identity/identity.ts'
import type { Prekeys } from './prekeys.ts'

/** Milliseconds. */
const interval = 1_000

/**
 * Tells every provider process that this agent is there, what it serves and which prekey to seal
 * to; signed, since a heartbeat with a stranger's prekey would send passwords to the stranger.
 * `stop` says goodbye, so that nothing more is sent.
 */
export async function startHeartbeat(parts: {
  agent: string
  /** What changes from one to the next, asked for each. */
  says: () => Omit<Heartbeat, 'v' | 'agent' | 'at' | 'counter' | 'run' | 'state' | 'prekey'>
  bus: Bus
  clock: Clock
  log: Logger
  identity: Identity
  prekeys: Prekeys
  /** Called when one could not be sent. */
  onFailure?: () => void
}): Promise<Subscription> {
  const { agent, says, bus, clock, log, identity, prekeys } = parts
  const run = randomId(clock)
  let counter = 0

  async function beat(state: Heartbeat['state']): Promise<void> {
    counter += 1
    const prekey = prekeys.newest().public
    const about = { v: wireVersion, agent, at: clock.now(), counter, run, state, prekey } as const
    const said: Heartbeat = { ...about, ...says() }
    const certificate = identity.certificate()
    const signed = await sign('postern-heartbeat', JSON.stringify(said), identity.key())
    await bus.add(streams.heartbeats, { agent, signed, certificate })
  }

  const orLog = (what: string) => (error: unknown) => {
    const { code, message } = asFault(error)
    log.warn({ faultCode: code, detail: message }, what)
  }

  // With the key that there is, if no new one can be made: it is good for another hour.
  async function beatOrLog(state: Heartbeat['state']): Promise<void> {
    await prekeys.renew().catch(orLog('a new prekey could not be made'))
    await beat(state).catch((error: unknown) => {
      orLog('a heartbeat could not be sent')(error)
      parts.onFailure?.()
    })
  }

  await beatOrLog('ready')
  let under: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    under = beatOrLog('ready')
  }, interval)
  return {
    stop: async () => {
      clearInterval(timer)
      await under
      await beatOrLog('leaving')
    },
  }
}
