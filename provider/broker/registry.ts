import type { Bus, Subscription } from '../../shared/bus.ts'
import type { Clock } from '../../shared/clock.ts'
import { verify } from '../../shared/envelope-signature.ts'
import { asFault, Fault } from '../../shared/fault.ts'
import { streams } from '../../shared/keys.ts'
import type { Logger } from '../../shared/log.ts'
import { decodeHeartbeat, type Heartbeat } from '../../shared/wire.ts'
import type { TrustedAgent, TrustedAgents } from './agents.ts'
import { type ChannelKeys, signerFor } from './channel-keys.ts'
import { type Health, type Heard, health, hear } from './health.ts'

/** Which agents are there, by their signed heartbeats. */
export interface Registry extends Subscription {
  /** Every agent of the realm that has been heard, with its health at this moment. */
  ofRealm(realm: string): readonly Present[]
  isLive(agent: string): boolean
  /** What is known of each agent that is trusted with the realm, also of those never heard. */
  describe(realm: string): readonly Described[]
}

/** For the operator. */
export interface Described {
  readonly agent: string
  readonly health: Health | 'neverHeard' | 'servesOtherRealms' | 'trustsOtherKeys'
  /** Milliseconds since its last heartbeat. */
  readonly heardAgo?: number
  /** Milliseconds that its clock was ahead of ours at its last heartbeat; negative if behind. */
  readonly clockAhead?: number
}

export interface Present {
  readonly agent: TrustedAgent
  readonly heartbeat: Heartbeat
  readonly health: Health
}

// Of forty agents, each must be found in what a new provider process reads first.
const backlog = 200

// Milliseconds. An agent that is not pinned yet speaks every second, and whoever can write to the
// bus could fill the disk.
const saidAgainAfter = 60_000

export function createRegistry(parts: {
  bus: Bus
  agents: TrustedAgents
  channelKeys: ChannelKeys
  clock: Clock
  log: Logger
}): Registry {
  const { agents, channelKeys, clock, log } = parts
  const heard = new Map<string, Heard & { agent: TrustedAgent }>()

  const saidAt = new Map<string, number>()

  const onError = (error: unknown) => {
    const { code, message } = asFault(error)
    const now = clock.now()
    if (now - (saidAt.get(message) ?? Number.NEGATIVE_INFINITY) < saidAgainAfter) return
    saidAt.set(message, now)
    log.warn({ faultCode: code, detail: message }, 'a heartbeat was refused')
  }

  const subscription = parts.bus.follow(streams.heartbeats, { backlog, onError }, async (entry) => {
    const agent = trusted(agents, entry['agent'])
    const text = await verify('postern-heartbeat', entry['signed'] ?? '', agent.key)
    const heartbeat = decodeHeartbeat(text)
    if (heartbeat.agent !== agent.name) {
      throw new Fault('forgedMessage', `${agent.name} sent a heartbeat of ${heartbeat.agent}`)
    }
    const before = heard.get(agent.name)
    const after = hear(before, heartbeat, clock.now())
    heard.set(agent.name, { ...after, agent })
    if (before?.heartbeat.run !== after.heartbeat.run) {
      log.info({ agent: agent.name, version: heartbeat.version }, 'agent heard')
    } else if (before !== after && heartbeat.state === 'leaving') {
      log.info({ agent: agent.name }, 'agent has said goodbye')
    }
  })

  const healthOf = (one: Heard) => health(one, clock.now())
  const trustsUs = ({ heartbeat }: Heard) => signerFor(channelKeys, heartbeat.trusts) !== undefined
  return {
    ofRealm: (realm) =>
      [...heard.values()]
        .filter((one) => serves(one.agent, one.heartbeat, realm) && trustsUs(one))
        .map((one) => ({ agent: one.agent, heartbeat: one.heartbeat, health: healthOf(one) })),
    isLive: (name) => {
      const one = heard.get(name)
      return one !== undefined && healthOf(one) === 'live'
    },
    describe: (realm) =>
      agents.ofRealm(realm).map(({ name }) => {
        const one = heard.get(name)
        const described = describe(name, one, realm, clock.now())
        return one && !trustsUs(one) ? { ...described, health: 'trustsOtherKeys' } : described
      }),
    stop: () => subscription.stop(),
  }
}

function describe(agent: string, heard: Heard | undefined, realm: string, now: number): Described {
  if (heard === undefined) return { agent, health: 'neverHeard' }
  const { heartbeat, at } = heard
  const isServed = heartbeat.realms.includes(realm)
  return {
    agent,
    health: isServed ? health(heard, now) : 'servesOtherRealms',
    heardAgo: now - at,
    clockAhead: heartbeat.at - at,
  }
}

function trusted(agents: TrustedAgents, name: string | undefined): TrustedAgent {
  if (name === undefined) throw new Fault('badMessage', 'heartbeat that names no agent')
  const agent = agents.find(name)
  if (agent === undefined) throw new Fault('forgedMessage', 'heartbeat of an unknown agent')
  return agent
}

// What the agent says it serves can only narrow what it is trusted with.
function serves(agent: TrustedAgent, heartbeat: Heartbeat, realm: string): boolean {
  return agent.realms.includes(realm) && heartbeat.realms.includes(realm)
}
