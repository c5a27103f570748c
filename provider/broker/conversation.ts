import type { Clock } from '../../shared/clock.ts'
import { claimKey, sentKey } from '../../shared/keys.ts'
import type { UnavailableReason } from '../../shared/outcome.ts'
import type { Store } from '../../shared/store.ts'
import type { Verdict } from '../../shared/wire.ts'
import type { Answer } from './asked.ts'
import type { Deliver, Unsealed } from './deliver.ts'
import type { Load } from './load.ts'
import type { Notices } from './notices.ts'
import type { Outliers } from './outliers.ts'
import type { PendingQuestion } from './pending.ts'
import type { PickAgent } from './pick.ts'
import type { Present, Registry } from './registry.ts'
import { nextMove } from './routing.ts'

export interface Said extends Pick<Answer, 'outcome' | 'agent' | 'directory'> {
  /** The one agent that the question was ever sealed for did not try the password, nor will it. */
  readonly notTried?: true
}

export interface ConversationParts {
  readonly store: Store
  readonly clock: Clock
  readonly registry: Registry
  readonly load: Load
  readonly outliers: Outliers
  readonly pick: PickAgent
  readonly deliver: Deliver
  readonly notices: Notices
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
  readonly #avoid: ReadonlySet<string>
  readonly #first: string | undefined
  /** When it was sent to each agent that still counts it as load. */
  readonly #sentAt = new Map<string, number>()
  readonly #cannotDecrypt = new Set<string>()
  /** Agents that were found to ignore it. */
  readonly #ignoredBy = new Set<string>()

  /**
   * @param to.avoid agents that are not to be asked
   * @param to.first the agent to ask first, if it is live
   */
  constructor(
    parts: ConversationParts,
    unsealed: Unsealed,
    to: {
      readonly question: PendingQuestion
      readonly avoid: ReadonlySet<string>
      readonly first?: string
    },
  ) {
    this.#parts = parts
    this.#unsealed = unsealed
    this.#question = to.question
    this.#avoid = to.avoid
    this.#first = to.first
  }

  async run(): Promise<Said> {
    const presents = this.#presents()
    const live = presents.filter(({ health }) => health === 'live')
    if (live.length === 0) return unavailable(isSkewed(presents) ? 'clockSkew' : 'noAgent')
    const first = live.find(({ agent }) => agent.name === this.#first)
    const present = first ?? this.#parts.pick(this.#realm, live)
    if (present === undefined) return unavailable('overloaded')
    const { id } = this.#unsealed
    await Promise.all([
      this.#parts.store.set(sentKey(id), '1', claimLifetime),
      this.#sendTo(present),
    ])
    for (;;) {
      const left = Math.max(0, this.#unsealed.expires - this.#parts.clock.now())
      const verdict = await this.#question.next(Math.min(patience, left))
      if (verdict !== undefined && !verdict.unread) return this.#accept(verdict)
      if (verdict !== undefined) this.#cannotDecrypt.add(verdict.agent)
      const ended = await this.#goOn()
      if (ended !== undefined) return ended
    }
  }

  /** Takes the question off the agents' load. */
  end(): void {
    for (const agent of this.#sentAt.keys()) this.#parts.load.done(agent)
  }

  get #realm(): string {
    return this.#unsealed.asked.realm
  }

  async #goOn(): Promise<Said | undefined> {
    const { store, clock } = this.#parts
    const { id, expires: deadline } = this.#unsealed
    const claimedBy = await store.get(claimKey(id))
    // Asked for second: what is still there now was there when the claim was looked for.
    const storeRemembers = claimedBy !== undefined || (await store.get(sentKey(id))) !== undefined
    const others = this.#presents().filter((present) => this.#isUntried(present))
    const names = others.map(({ agent }) => agent.name)
    const [now, hopes] = [clock.now(), this.#hopes()]
    const move = nextMove({ now, deadline, claimedBy, storeRemembers, hopes, others: names })
    if (move === 'agentLost') return this.#lost(claimedBy)
    if (move === 'withdraw') return this.#withdraw(now >= deadline, claimedBy)
    if (storeRemembers && claimedBy === undefined) this.#noteIgnored(now)
    if (move === 'sendToAnother') {
      const present = this.#parts.pick(this.#realm, others)
      if (present !== undefined) {
        this.#parts.notices.handedOver(this.#realm, 'ignored')
        await this.#sendTo(present)
      }
    }
    return undefined
  }

  #lost(agent: string | undefined): Said {
    if (agent !== undefined) this.#fail(agent)
    return { ...unavailable('agentLost'), ...named(agent) }
  }

  // Whoever claims first decides: if the provider does, no agent will ever ask the directory about
  // this question, however late it wakes up.
  async #withdraw(timeIsUp: boolean, claimedBy: string | undefined): Promise<Said | undefined> {
    const key = claimKey(this.#unsealed.id)
    const withdrawn = await this.#parts.store.claim(key, 'withdrawn', claimLifetime)
    if (timeIsUp && claimedBy !== undefined) this.#fail(claimedBy)
    if (timeIsUp) return { ...unavailable('agentTimeout'), ...named(claimedBy) }
    if (!withdrawn) return undefined
    return unavailable(this.#cannotDecrypt.size > 0 ? 'cannotDecrypt' : 'noAgent')
  }

  async #sendTo(present: Present): Promise<void> {
    const { clock, load, outliers, deliver } = this.#parts
    const { name } = present.agent
    if (!this.#sentAt.has(name)) load.sent(name)
    this.#sentAt.set(name, clock.now())
    outliers.sent(this.#realm, name)
    this.#cannotDecrypt.delete(name)
    await deliver(this.#unsealed, present, (sealing) => this.#question.sealings.set(name, sealing))
  }

  #accept({ agent, outcome, directory, notTried }: Verdict): Said {
    const { load, outliers, clock } = this.#parts
    const sentAt = this.#sentAt.get(agent)
    const said = { outcome, agent, ...(directory !== undefined && { directory }) }
    if (outcome.name !== 'unavailable') {
      // How fast an agent fails says nothing for it.
      if (sentAt !== undefined) load.done(agent, clock.now() - sentAt)
      this.#sentAt.delete(agent)
      outliers.didWell(this.#realm, agent)
      return said
    }
    this.#fail(agent)
    // Somebody else who holds the question might yet try the password.
    const isNobodyElses = this.#question.sealings.size === 1
    return notTried && isNobodyElses ? { ...said, notTried } : said
  }

  #fail(agent: string): void {
    this.#parts.outliers.failed(this.#realm, agent, this.#othersThan(agent))
  }

  #noteIgnored(now: number): void {
    for (const [agent, sentAt] of this.#sentAt) {
      if (now - sentAt < patience || this.#ignoredBy.has(agent)) continue
      if (this.#cannotDecrypt.has(agent)) continue
      this.#ignoredBy.add(agent)
      const others = this.#othersThan(agent)
      this.#parts.outliers.ignored(this.#realm, agent, { sentAt, others })
    }
  }

  #othersThan(agent: string): string[] {
    return this.#parts.registry
      .ofRealm(this.#realm)
      .filter(({ health, agent: { name } }) => health === 'live' && name !== agent)
      .map(({ agent: { name } }) => name)
  }

  #presents(): readonly Present[] {
    return this.#parts.registry
      .ofRealm(this.#realm)
      .filter(({ agent }) => !this.#avoid.has(agent.name))
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
