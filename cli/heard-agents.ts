import { setTimeout as delay } from 'node:timers/promises'
import type { Authority } from '../provider/agents/authority.ts'
import type { AgentRecord } from '../provider/agents/record.ts'
import { type Heard, health, hear } from '../provider/broker/health.ts'
import type { HeardAgent } from '../provider/broker/registry.ts'
import type { Bus, BusEntry } from '../shared/bus.ts'
import type { Clock } from '../shared/clock.ts'
import { verifyingKey } from '../shared/envelope-keys.ts'
import { verify } from '../shared/envelope-signature.ts'
import { streams } from '../shared/keys.ts'
import { decodeHeartbeat, type Heartbeat } from '../shared/wire.ts'

/** Which agent, and which of its enrolments. */
type Enrolled = Pick<AgentRecord, 'name' | 'enrolment'>

// Of forty agents each is in what is read first; two more beats tell the living from the dead.
const backlog = 200
const listensFor = 2_200

// Milliseconds. What is older may have been overtaken, or come from a clock that is off: the next
// heartbeat says which.
const justSaid = 1_000

/**
 * Listens to the heartbeats for two seconds.
 * @param expected once all of them have just said that they are live there is nothing to wait for
 * @returns those that were heard; others than the expected are not listened to
 */
export async function hearAgents(
  parts: { bus: Bus; authority: Authority; clock: Clock },
  expected: readonly Enrolled[],
): Promise<readonly HeardAgent[]> {
  const { bus, authority, clock } = parts
  // What was said before we came in, and what is said while we listen. When the former came in we
  // cannot know: its own time has to do, and only the latter tells that a clock is wrong.
  const before = new Map<string, Heard>()
  const meanwhile = new Map<string, Heard>()
  const lastOf = (name: string) => meanwhile.get(name) ?? before.get(name)
  const isSettled = (name: string) => {
    const one = lastOf(name)
    const now = clock.now()
    if (one === undefined || health(one, now) !== 'live') return false
    return Math.abs(now - one.heartbeat.at) <= justSaid
  }
  const enough = new AbortController()
  const listen = (from: number, take: (name: string, heartbeat: Heartbeat) => void) => {
    // What cannot be believed is for the provider's log.
    const how = { backlog: from, onError: () => undefined }
    return bus.follow(streams.heartbeats, how, async (entry) => {
      const heartbeat = await believed(entry, authority, expected)
      if (heartbeat === undefined) return
      take(heartbeat.agent, heartbeat)
      if (expected.every(({ name }) => isSettled(name))) enough.abort()
    })
  }
  const subscriptions = [
    listen(backlog, (name, heartbeat) => {
      const at = Math.min(heartbeat.at, clock.now())
      before.set(name, hear(before.get(name), heartbeat, at))
    }),
    listen(0, (name, heartbeat) => {
      const at = clock.now()
      const first = { heartbeat, at, clockAhead: heartbeat.at - at }
      const known = meanwhile.get(name)
      meanwhile.set(name, known ? hear(known, heartbeat, at) : first)
    }),
  ]
  await delay(listensFor, undefined, { signal: enough.signal }).catch(() => undefined)
  await Promise.all(subscriptions.map((each) => each.stop()))
  return expected.flatMap(({ name, enrolment }) => {
    const one = lastOf(name)
    return one ? [{ name, enrolment, ...one, health: health(one, clock.now()) }] : []
  })
}

async function believed(
  entry: BusEntry,
  authority: Authority,
  expected: readonly Enrolled[],
): Promise<Heartbeat | undefined> {
  const { name, enrolment, publicKey } = await authority.verify(entry['certificate'] ?? '')
  if (!expected.some((one) => one.name === name && one.enrolment === enrolment)) return undefined
  const key = await verifyingKey(publicKey)
  const heartbeat = decodeHeartbeat(await verify('postern-heartbeat', entry['signed'] ?? '', key))
  return heartbeat.agent === name ? heartbeat : undefined
}
