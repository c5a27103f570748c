import { hkdfSync } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import { outcomeText } from '../../shared/outcome.ts'
import type { Store } from '../../shared/store.ts'
import { createReference } from '../http/reference.ts'
import type { AskInTurn, Settled } from './ask-in-turn.ts'
import { type Canary, type CanaryRealm, makeCanary } from './canary.ts'
import { type CanarySchedule, canarySchedule } from './canary-schedule.ts'
import type { Load } from './load.ts'
import type { Notices } from './notices.ts'
import type { Registry } from './registry.ts'
import { isFull } from './routing.ts'
import { createTimers } from './timers.ts'

/**
 * Sign-ins that must fail, put to each agent at random times: one that says yes to whatever it is
 * asked (a hook in its process, a stolen key) is found out before long. The agent gets what it
 * would get of a person: the same fields, sizes and sealing, on the same way, by the same process.
 * They are nobody's: no page waits for them, nothing counts them, the sign-in log does not have
 * them.
 */
export interface Canaries {
  /** Puts an agent to the test now: three within a minute, the first within two seconds. */
  suspect(realm: string, agent: string): void
  stop(): void
}

/** An agent that said yes to a sign-in that must fail. */
export interface Lie {
  readonly agent: string
  readonly realm: string
  readonly reference: string
  readonly requestId: string
}

export interface CanaryParts {
  /** Leaves no mark on how agents are picked. */
  readonly ask: AskInTurn
  readonly registry: Registry
  readonly load: Load
  readonly clock: Clock
  readonly log: Logger
  readonly notices: Pick<Notices, 'canary'>
  readonly realms: readonly CanaryRealm[]
  readonly perHour: number
  /** Of all provider processes: when canaries come is derived from it. */
  readonly rootSecret: Buffer
  /** Sealed: who sees that one is due must not see whose. */
  readonly turns: Store
  /** Milliseconds, as a person would wait. */
  readonly deadline: number
  readonly onLie: (lie: Lie) => Promise<void>
}

// Milliseconds within which each canary of a suspicion comes.
const suspicious = [2_000, 30_000, 60_000]

export function createCanaries(parts: CanaryParts): Canaries {
  const { clock, log, registry, perHour } = parts
  const timers = createTimers()
  const choose = (below: number) => clock.randomBytes(4).readUInt32BE() % below

  async function send(agent: string, realms: readonly string[]): Promise<void> {
    const name = realms[choose(realms.length)]
    const realm = parts.realms.find((one) => one.name === name)
    const canary = realm && makeCanary(realm, choose)
    if (realm === undefined || canary === undefined || !hasRoom(parts, realm.name, agent)) return
    await put(parts, { agent, realm: realm.name, canary })
  }

  function sendAfter(milliseconds: number, agent: string, realms: readonly string[]): void {
    timers.after(milliseconds, () => {
      send(agent, realms).catch((thrown: unknown) => {
        const { code, message } = asFault(thrown)
        log.warn({ agent, faultCode: code, detail: message }, 'a canary could not be sent')
      })
    })
  }

  // Taken well before its time, so that nobody who watches the store sees one begin.
  async function take(slot: number, moment: number, [agent, realms]: [string, string[]]) {
    const isOurs = await parts.turns.claim(`canary:${agent}:${slot}`, '', 10 * 60_000)
    if (isOurs) sendAfter(moment - clock.now(), agent, realms)
  }

  function planBy(schedule: CanarySchedule): void {
    const length = schedule.slot
    const slot = Math.floor(clock.now() / length)
    timers.after((slot + 1) * length - clock.now(), () => planBy(schedule))
    for (const agent of liveAgents(parts)) {
      const moment = schedule.momentIn(slot, agent[0])
      if (moment === undefined) continue
      // Without a store nobody signs in, and a canary would be the only one to try.
      take(slot, slot * length + moment, agent).catch(() => {})
    }
  }

  if (perHour > 0) planBy(canarySchedule(keyFrom(parts.rootSecret), perHour))
  return {
    suspect: (realm, agent) => {
      const isLive = registry.ofRealm(realm).some((one) => one.agent.name === agent)
      if (!isLive) return
      for (const within of suspicious) sendAfter(choose(within), agent, [realm])
    },
    stop: () => timers.stop(),
  }
}

async function put(
  parts: CanaryParts,
  sent: { readonly agent: string; readonly realm: string; readonly canary: Canary },
): Promise<void> {
  const { clock, log, ask, deadline } = parts
  const { agent: first, realm, canary } = sent
  const { kind, username, password } = canary
  const reference = createReference(clock)
  const started = clock.now()
  const asked = { realm, username, password, reference }
  const settled = await ask({ asked, expires: started + deadline }, { first })
  const milliseconds = clock.now() - started
  report(log, settled, { agent: first, realm, reference, kind, milliseconds })
  // Whoever answered: as with a person's, another one may have taken it.
  const { outcome, agent = first, requestId } = settled
  parts.notices.canary(realm, agent, outcome)
  if (outcome.name === 'ok') await parts.onLie({ agent, realm, reference, requestId })
}

function report(log: Logger, settled: Settled, facts: Record<string, unknown>): void {
  const { outcome, ...answer } = settled
  const { code, operatorText } = outcomeText(outcome)
  const why = outcome.name === 'unavailable' && { reason: outcome.reason, detail: outcome.detail }
  const named = { outcome: outcome.name, outcomeCode: code, operatorText, ...why }
  const line = { ...facts, ...answer, ...named }
  if (outcome.name === 'ok') log.error(line, 'canary: the agent let in somebody who is nobody')
  // These say that the password is right, which it cannot be; some directories say so of any.
  else if (vouching.has(outcome.name)) log.warn(line, 'canary: a wrong password was called right')
  else log.info(line, 'canary')
}

const vouching: ReadonlySet<string> = new Set(['passwordExpired', 'mustChangePassword'])

/** Every live agent with the realms it serves that have names for canaries. */
function liveAgents({ registry, realms }: CanaryParts): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { name } of realms) {
    for (const { agent, health } of registry.ofRealm(name)) {
      if (health === 'live') found.set(agent.name, [...(found.get(agent.name) ?? []), name])
    }
  }
  return found
}

// A busy agent has people to answer.
function hasRoom({ registry, load }: CanaryParts, realm: string, agent: string): boolean {
  const present = registry.ofRealm(realm).find((one) => one.agent.name === agent)
  if (present?.health !== 'live') return false
  return !isFull({ limit: present.heartbeat.limit, inFlight: load.of(agent).inFlight })
}

function keyFrom(rootSecret: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', rootSecret, '', 'postern canaries', 32))
}
