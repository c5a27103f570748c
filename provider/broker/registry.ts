import type { Bus, Subscription } from '../../shared/bus.ts'
import type { Clock } from '../../shared/clock.ts'
import { verify } from '../../shared/envelope-signature.ts'
import { asFault, Fault } from '../../shared/fault.ts'
import { streams } from '../../shared/keys.ts'
import type { Logger } from '../../shared/log.ts'
import { decodeHeartbeat, type Heartbeat } from '../../shared/wire.ts'
import type { TrustedAgent, TrustedAgents } from './agents.ts'
import { type ChannelKeys, signerFor } from './channel-keys.ts'
import type { CloneWatch } from './clone-watch.ts'
import { type Health, type Heard, health, hear } from './health.ts'

/** Which agents are there, by their signed heartbeats. */
export interface Registry extends Subscription {
  /** Agents of the realm that have been heard and may be asked, with their health at this moment. */
  ofRealm(realm: string): readonly Present[]
  /** Whether an answer can be hoped for from an agent: it is there, and is believed. */
  isLive(agent: string): boolean
  /** What is known of each agent that is trusted with the realm, also of those never heard. */
  describe(realm: string): readonly Described[]
  /** Every agent that shows a good certificate, also those that may not be asked. */
  heard(): readonly HeardAgent[]
}

/** For the operator. */
export interface Described {
  readonly agent: string
  readonly health: Health | 'neverHeard' | 'servesOtherRealms' | 'trustsOtherKeys'
  /** Milliseconds since its last heartbeat. */
  readonly heardAgo?: number
  /** Milliseconds that its clock is ahead of ours, as far as is known; negative if behind. */
  readonly clockAhead?: number
}

/** What was heard of an agent last. */
export interface HeardAgent {
  readonly name: string
  readonly enrolment: string
  readonly heartbeat: Heartbeat
  /** When it came in, milliseconds since the epoch. */
  readonly at: number
  /** As `Heard` has it. */
  readonly clockAhead: number | undefined
  readonly health: Health
}

export interface Present {
  readonly agent: TrustedAgent
  readonly heartbeat: Heartbeat
  readonly health: Health
}

// Of forty agents, each must be found in what a new provider process reads first.
const backlog = 200

// Milliseconds. An agent whose certificate has ended speaks every second, and whoever can write to
// the bus could fill the disk.
const saidAgainAfter = 60_000

export function createRegistry(parts: {
  bus: Bus
  agents: TrustedAgents
  channelKeys: ChannelKeys
  clock: Clock
  log: Logger
  cloneWatch?: CloneWatch
}): Registry {
  const { agents, channelKeys, clock, log, cloneWatch } = parts
  // By enrolment: an agent that was revoked cannot speak in the place of one that got its name.
  const heard = new Map<string, Heard & { agent: TrustedAgent }>()

  const onError = refusals(parts)
  const subscription = parts.bus.follow(streams.heartbeats, { backlog, onError }, async (entry) => {
    const agent = await agents.recognize(entry['certificate'] ?? '')
    const text = await verify('postern-heartbeat', entry['signed'] ?? '', agent.key)
    const heartbeat = decodeHeartbeat(text)
    if (heartbeat.agent !== agent.name) {
      throw new Fault('forgedMessage', `${agent.name} sent a heartbeat of ${heartbeat.agent}`)
    }
    cloneWatch?.(agent, heartbeat, text)
    const before = heard.get(agent.enrolment)
    const after = hear(before, heartbeat, clock.now())
    if (after === before) return
    heard.set(agent.enrolment, { ...after, agent })
    if (before?.heartbeat.run !== after.heartbeat.run) {
      log.info({ agent: agent.name, version: heartbeat.version }, 'agent heard')
    } else if (heartbeat.state === 'leaving') {
      log.info({ agent: agent.name }, 'agent has said goodbye')
    }
  })

  const believed = (name: string) =>
    [...heard.values()].find(({ agent }) => agent.name === name && agents.standing(agent) !== 'no')
  const healthOf = (one: Heard) => health(one, clock.now())
  const trustsUs = ({ heartbeat }: Heard) => signerFor(channelKeys, heartbeat.trusts) !== undefined
  return {
    ofRealm: (realm) =>
      [...heard.values()]
        .filter((one) => serves(one.agent, one.heartbeat, realm) && trustsUs(one))
        .filter(({ agent }) => agents.standing(agent) === 'ask')
        .map((one) => ({ agent: one.agent, heartbeat: one.heartbeat, health: healthOf(one) })),
    isLive: (name) => {
      const one = believed(name)
      return one !== undefined && healthOf(one) === 'live'
    },
    describe: (realm) =>
      agents.ofRealm(realm).map(({ name }) => {
        const one = believed(name)
        const described = describe(name, one, realm, clock.now())
        return one && !trustsUs(one) ? { ...described, health: 'trustsOtherKeys' } : described
      }),
    heard: () =>
      [...heard.values()].map(({ agent: { name, enrolment }, ...one }) => {
        return { name, enrolment, ...one, health: healthOf(one) }
      }),
    stop: () => subscription.stop(),
  }
}

function refusals({ clock, log }: { clock: Clock; log: Logger }): (error: unknown) => void {
  const saidAt = new Map<string, number>()
  return (error) => {
    const { code, message } = asFault(error)
    const now = clock.now()
    if (now - (saidAt.get(message) ?? Number.NEGATIVE_INFINITY) < saidAgainAfter) return
    if (saidAt.size >= mostRemembered) saidAt.clear()
    saidAt.set(message, now)
    log.warn({ faultCode: code, detail: message }, 'a heartbeat was refused')
  }
}

// Names stand in messages, and anybody can make some up.
const mostRemembered = 1_000

function describe(agent: string, heard: Heard | undefined, realm: string, now: number): Described {
  if (heard === undefined) return { agent, health: 'neverHeard' }
  const { heartbeat, at, clockAhead } = heard
  const isServed = heartbeat.realms.includes(realm)
  return {
    agent,
    health: isServed ? health(heard, now) : 'servesOtherRealms',
    heardAgo: now - at,
    ...(clockAhead !== undefined && { clockAhead }),
  }
}

// What the agent says it serves can only narrow what it is trusted with.
function serves(agent: TrustedAgent, heartbeat: Heartbeat, realm: string): boolean {
  return agent.realms.includes(realm) && heartbeat.realms.includes(realm)
}
