import type { Bus } from '../../shared/bus.ts'
import type { Clock } from '../../shared/clock.ts'
import { type Binding, seal, sealedHash } from '../../shared/envelope.ts'
import { claimKey, streams } from '../../shared/keys.ts'
import type { UnavailableReason } from '../../shared/outcome.ts'
import type { Store } from '../../shared/store.ts'
import { type Question, type Verdict, wireVersion } from '../../shared/wire.ts'
import type { Answer, Asked } from './broker.ts'
import { saysCannotDecrypt } from './check-verdict.ts'
import type { Load } from './load.ts'
import type { PendingQuestion } from './pending.ts'
import type { Present, Registry } from './registry.ts'
import { choose, isFull, nextMove } from './routing.ts'
import type { Sessions } from './sessions.ts'

/** One question from the first sealing to its end. */
export interface Conversation {
  run(): Promise<Said>
  /** Takes the question off the agents' load; after it nothing is sent any more. */
  end(): void
}

export type Said = Pick<Answer, 'outcome' | 'agent' | 'directory'>

interface Shared {
  readonly bus: Bus
  readonly store: Store
  readonly clock: Clock
  readonly instance: string
  readonly registry: Registry
  readonly sessions: Sessions
  readonly load: Load
  readonly deadline: number
}

// No claim within this many milliseconds: the agent is taken for stuck and another one is asked.
const patience = 400

// A claim outlives its question by any clock difference at which an agent would still bind.
const claimLifetime = 60_000

export function createConversation(
  shared: Shared,
  about: { asked: Asked; requestId: string; question: PendingQuestion },
): Conversation {
  const { bus, store, clock, registry, load } = shared
  const { asked, requestId, question } = about
  const expires = clock.now() + shared.deadline
  const sentAt = new Map<string, number>()
  const cannotDecrypt = new Set<string>()

  async function run(): Promise<Said> {
    const presents = registry.ofRealm(asked.realm)
    const live = presents.filter(({ health }) => health === 'live')
    if (live.length === 0) return unavailable(isSkewed(presents) ? 'clockSkew' : 'noAgent')
    if (!(await sendToOneOf(live))) return unavailable('overloaded')
    return untilEnd()
  }

  async function untilEnd(): Promise<Said> {
    for (;;) {
      const left = Math.max(0, expires - clock.now())
      const verdict = await question.next(Math.min(patience, left))
      if (verdict !== undefined && !saysCannotDecrypt(verdict)) return accept(verdict)
      if (verdict !== undefined) cannotDecrypt.add(verdict.agent)
      const ended = await goOn()
      if (ended !== undefined) return ended
    }
  }

  async function goOn(): Promise<Said | undefined> {
    const claimedBy = await store.get(claimKey(requestId))
    const others = registry.ofRealm(asked.realm).filter(isUntried)
    const hopes = [...question.sealings.keys()].filter(
      (name) => registry.isLive(name) && !cannotDecrypt.has(name),
    )
    const names = others.map(({ agent }) => agent.name)
    const now = clock.now()
    switch (nextMove({ now, deadline: expires, claimedBy, hopes, others: names })) {
      case 'wait':
        return undefined
      case 'agentLost':
        return { ...unavailable('agentLost'), ...(claimedBy && { agent: claimedBy }) }
      case 'sendToAnother':
        await sendToOneOf(others)
        return undefined
      case 'withdraw':
        return withdraw(now >= expires)
    }
  }

  // Whoever claims first decides: if the provider does, no agent will ever ask the directory about
  // this question, however late it wakes up.
  async function withdraw(timeIsUp: boolean): Promise<Said | undefined> {
    const withdrawn = await store.claim(claimKey(requestId), 'withdrawn', claimLifetime)
    if (timeIsUp) return unavailable('agentTimeout')
    if (!withdrawn) return undefined
    return unavailable(cannotDecrypt.size > 0 ? 'cannotDecrypt' : 'noAgent')
  }

  function isUntried({ agent, health, heartbeat }: Present): boolean {
    if (health !== 'live') return false
    const before = question.sealings.get(agent.name)
    if (before === undefined) return true
    return cannotDecrypt.has(agent.name) && before.prekey !== heartbeat.prekey.kid
  }

  async function sendToOneOf(presents: readonly Present[]): Promise<boolean> {
    const candidates = presents.map(({ agent, heartbeat }) => {
      return { name: agent.name, limit: heartbeat.limit, ...load.of(agent.name) }
    })
    const random = clock.randomBytes(2)
    const numbers = [(random[0] ?? 0) / 256, (random[1] ?? 0) / 256] as const
    const chosen = choose(
      candidates.filter((candidate) => !isFull(candidate)),
      numbers,
    )
    const present = presents.find(({ agent }) => agent.name === chosen?.name)
    if (present === undefined) return false
    await send(present)
    return true
  }

  async function send({ agent, heartbeat }: Present): Promise<void> {
    const { realm, username, password, reference } = asked
    const { instance } = shared
    const bound = { id: requestId, agent: agent.name, realm, instance, expires }
    const binding: Binding = { type: 'postern-question', ...bound }
    const at = clock.now()
    const sent: Question = { v: wireVersion, ...bound, at, reference, username, password }
    const session = await shared.sessions(agent.name, heartbeat.prekey)
    const sealed = await seal(JSON.stringify(sent), binding, session.key)
    const hash = sealedHash(sealed)
    cannotDecrypt.delete(agent.name)
    question.sealings.set(agent.name, {
      agent,
      session: session.key,
      prekey: session.prekey,
      binding,
      hash,
    })
    if (!sentAt.has(agent.name)) load.sent(agent.name)
    sentAt.set(agent.name, at)
    await bus.add(streams.requestsTo(agent.name), { session: session.grant, question: sealed })
  }

  function accept({ agent, outcome, directory }: Verdict): Said {
    const at = sentAt.get(agent)
    if (at !== undefined) {
      load.done(agent, clock.now() - at)
      sentAt.delete(agent)
    }
    return { outcome, agent, ...(directory !== undefined && { directory }) }
  }

  function end(): void {
    for (const agent of sentAt.keys()) load.done(agent)
  }

  return { run, end }
}

function unavailable(reason: UnavailableReason): Said {
  return { outcome: { name: 'unavailable', reason } }
}

function isSkewed(presents: readonly Present[]): boolean {
  return presents.some(({ health }) => health === 'skewed')
}
