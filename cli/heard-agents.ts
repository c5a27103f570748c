import { setTimeout as delay } from 'node:timers/promises'
import type { TrustedAgents } from '../provider/broker/agents.ts'
import { type Health, type Heard, health, hear } from '../provider/broker/health.ts'
import type { Bus } from '../shared/bus.ts'
import type { Clock } from '../shared/clock.ts'
import { verify } from '../shared/envelope-signature.ts'
import { streams } from '../shared/keys.ts'
import { decodeHeartbeat, type Heartbeat } from '../shared/wire.ts'

/** An agent as it speaks at this moment. */
export interface HeardAgent {
  readonly health: Health
  readonly heartbeat: Heartbeat
}

// Of forty agents each is in what is read first; two more beats tell the living from the dead.
const backlog = 200
const listensFor = 2_200

/**
 * Listens to the heartbeats for two seconds.
 * @param expected names: once all of them are live there is nothing to wait for
 */
export async function hearAgents(
  parts: { bus: Bus; agents: TrustedAgents; clock: Clock },
  expected: readonly string[],
): Promise<ReadonlyMap<string, HeardAgent>> {
  const { bus, agents, clock } = parts
  const heard = new Map<string, Heard>()
  const enough = new AbortController()
  const healthOf = (one: Heard | undefined) => one && health(one, clock.now())
  // What cannot be believed is for the provider's log.
  const how = { backlog, onError: () => undefined }
  const subscription = bus.follow(streams.heartbeats, how, async (entry) => {
    const agent = await agents.recognize(entry['certificate'] ?? '')
    const text = await verify('postern-heartbeat', entry['signed'] ?? '', agent.key)
    const heartbeat = decodeHeartbeat(text)
    if (heartbeat.agent !== agent.name) return
    heard.set(agent.name, hear(heard.get(agent.name), heartbeat, clock.now()))
    if (expected.every((name) => healthOf(heard.get(name)) === 'live')) enough.abort()
  })
  await delay(listensFor, undefined, { signal: enough.signal }).catch(() => undefined)
  await subscription.stop()
  return new Map(
    [...heard].map(([name, one]) => {
      return [name, { health: health(one, clock.now()), heartbeat: one.heartbeat }]
    }),
  )
}
