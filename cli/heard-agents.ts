import { setTimeout as delay } from 'node:timers/promises'
import type { Authority } from '../provider/agents/authority.ts'
import type { AgentRecord } from '../provider/agents/record.ts'
import { type Heard, health, hear } from '../provider/broker/health.ts'
import type { HeardAgent } from '../provider/broker/registry.ts'
import type { Bus } from '../shared/bus.ts'
import type { Clock } from '../shared/clock.ts'
import { verifyingKey } from '../shared/envelope-keys.ts'
import { verify } from '../shared/envelope-signature.ts'
import { streams } from '../shared/keys.ts'
import { decodeHeartbeat } from '../shared/wire.ts'

/** Which agent, and which of its enrolments. */
type Enrolled = Pick<AgentRecord, 'name' | 'enrolment'>

// Of forty agents each is in what is read first; two more beats tell the living from the dead.
const backlog = 200
const listensFor = 2_200

/**
 * Listens to the heartbeats for two seconds.
 * @param expected once all of them are live there is nothing to wait for
 * @returns those that were heard; others than the expected are not listened to
 */
export async function hearAgents(
  parts: { bus: Bus; authority: Authority; clock: Clock },
  expected: readonly Enrolled[],
): Promise<readonly HeardAgent[]> {
  const { bus, authority, clock } = parts
  const heard = new Map<string, Heard>()
  const enough = new AbortController()
  const healthOf = (one: Heard | undefined) => one && health(one, clock.now())
  // What cannot be believed is for the provider's log.
  const how = { backlog, onError: () => undefined }
  const subscription = bus.follow(streams.heartbeats, how, async (entry) => {
    const { name, enrolment, publicKey } = await authority.verify(entry['certificate'] ?? '')
    if (!expected.some((one) => one.name === name && one.enrolment === enrolment)) return
    const key = await verifyingKey(publicKey)
    const heartbeat = decodeHeartbeat(await verify('postern-heartbeat', entry['signed'] ?? '', key))
    if (heartbeat.agent !== name) return
    heard.set(name, hear(heard.get(name), heartbeat, clock.now()))
    if (expected.every((one) => healthOf(heard.get(one.name)) === 'live')) enough.abort()
  })
  await delay(listensFor, undefined, { signal: enough.signal }).catch(() => undefined)
  await subscription.stop()
  return expected.flatMap(({ name, enrolment }) => {
    const one = heard.get(name)
    return one ? [{ name, enrolment, ...one, health: health(one, clock.now()) }] : []
  })
}
