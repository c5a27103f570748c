import type { Clock } from '../../shared/clock.ts'
import { claimKey } from '../../shared/keys.ts'
import type { UnavailableReason } from '../../shared/outcome.ts'
import type { Store } from '../../shared/store.ts'
import type { Verdict } from '../../shared/wire.ts'
import type { Answer } from './asked.ts'
import { saysCannotDecrypt } from './check-verdict.ts'
import type { Deliver, Unsealed } from './deliver.ts'
import type { Load } from './load.ts'
import type { PendingQuestion } from './pending.ts'
import type { Present, Registry } from './registry.ts'
import { choose, isFull, nextMove } from './routing.ts'

export type Said = Pick<Answer, 'outcome' | 'agent' | 'directory'>

interface ConversationParts {
  readonly store: Store
  readonly clock: Clock
  readonly registry: Registry
  readonly load: Load
  readonly deliver: Deliver
}

// No claim within this many milliseconds: the agent is taken for stuck and another one is asked.
const patience = 400

// A claim outlives its question by any clock difference at which an agent would still bind.
const claimLifetime = 60_000

/** One question, from its first sealing to its end. */
export class Conversation {
  readonly #parts: ConversationParts
  readonly #unsealed: Unsealed
  readonly #question: PendingQuestion
  /** When it was sent to each agent that still counts it as load. */
  readonly #sentAt = new Map<string, number>()
  readonly #cannotDecrypt = new Set<string>()

  constructor(parts: ConversationParts, unsealed: Unsealed, question: PendingQuestion) {
    this.#parts = parts
    this.#unsealed = unsealed
    this.#question = question
  }

  async run(): Promise<Said> {
    const presents = this.#presents()
    const live = presents.filter(({ health }) => health === 'live')
    if (live.length === 0) return unavailable(isSkewed(presents) ? 'clockSkew' : 'noAgent')
    if (!(await this.#sendToOneOf(live))) return unavailable('overloaded')
    for (;;) {
      const left = Math.max(0, this.#unsealed.expires - this.#parts.clock.now())
      const verdict = await this.#question.next(Math.min(patience, left))
      if (verdict !== undefined && !saysCannotDecrypt(verdict)) return this.#accept(verdict)
      if (verdict !== undefined) this.#cannotDecrypt.add(verdict.agent)
      const ended = await this.#goOn()
      if (ended !== undefined) return ended
    }
  }

  /** Takes the question off the agents' load. */
  end(): void {
    for (const agent of this.#sentAt.keys()) this.#parts.load.done(agent)
  }

  async #goOn(): Promise<Said | undefined> {
    const { store, clock } = this.#parts
    const claimedBy = await store.get(claimKey(this.#unsealed.id))
    const others = this.#presents().filter((present) => this.#isUntried(present))
    const names = others.map(({ agent }) => agent.name)
    const [now, deadline] = [clock.now(), this.#unsealed.expires]
    const move = nextMove({ now, deadline, claimedBy, hopes: this.#hopes(), others: names })
    if (move === 'agentLost') return { ...unavailable('agentLost'), ...named(claimedBy) }
    if (move === 'withdraw') return this.#withdraw(now >= deadline)
    if (move === 'sendToAnother') await this.#sendToOneOf(others)
    return undefined
  }

  // Whoever claims first decides: if the provider does, no agent will ever ask the directory about
  // this question, however late it wakes up.
  async #withdraw(timeIsUp: boolean): Promise<Said | undefined> {
    const key = claimKey(this.#unsealed.id)
    const withdrawn = await this.#parts.store.claim(key, 'withdrawn', claimLifetime)
    if (timeIsUp) return unavailable('agentTimeout')
    if (!withdrawn) return undefined
    return unavailable(this.#cannotDecrypt.size > 0 ? 'cannotDecrypt' : 'noAgent')
  }

  async #sendToOneOf(presents: readonly Present[]): Promise<boolean> {
    const { clock, load, deliver } = this.#parts
    const candidates = presents
      .map(({ agent, heartbeat }) => {
        return { name: agent.name, limit: heartbeat.limit, ...load.of(agent.name) }
      })
      .filter((candidate) => !isFull(candidate))
    const [first = 0, second = 0] = clock.randomBytes(2)
    const chosen = choose(candidates, [first / 256, second / 256])
    const present = presents.find(({ agent }) => agent.name === chosen?.name)
    if (present === undefined) return false
    const { name } = present.agent
    if (!this.#sentAt.has(name)) load.sent(name)
    this.#sentAt.set(name, clock.now())
    this.#cannotDecrypt.delete(name)
    await deliver(this.#unsealed, present, (sealing) => this.#question.sealings.set(name, sealing))
    return true
  }

  #accept({ agent, outcome, directory }: Verdict): Said {
    const { load, clock } = this.#parts
    const sentAt = this.#sentAt.get(agent)
    if (sentAt !== undefined) load.done(agent, clock.now() - sentAt)
    this.#sentAt.delete(agent)
    return { outcome, agent, ...(directory !== undefined && { directory }) }
  }

  #presents(): readonly Present[] {
    return this.#parts.registry.ofRealm(this.#unsealed.asked.realm)
  }

  #hopes(): readonly string[] {
    return [...this.#question.sealings.keys()].filter(
      (name) => this.#parts.registry.isLive(name) && !this.#cannotDecrypt.has(name),
    )
  }

  // An agent that could not open its sealing may be sent another, once it announces a new prekey.
  #isUntried({ agent, health, heartbeat }: Present): boolean {
    if (health !== 'live') return false
    const before = this.#question.sealings.get(agent.name)
    if (before === undefined) return true
    return this.#cannotDecrypt.has(agent.name) && before.prekey !== heartbeat.prekey.kid
  }
}

function unavailable(reason: UnavailableReason): Said {
  return { outcome: { name: 'unavailable', reason } }
}

function named(agent: string | undefined): { agent?: string } {
  return agent === undefined ? {} : { agent }
}

function isSkewed(presents: readonly Present[]): boolean {
  return presents.some(({ health }) => health === 'skewed')
}
