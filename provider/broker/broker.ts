import type { Bus } from '../../shared/bus.ts'
import type { Clock } from '../../shared/clock.ts'
import { randomId } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import { outcomeText, type UnavailableReason } from '../../shared/outcome.ts'
import type { Store } from '../../shared/store.ts'
import type { TrustedAgents } from './agents.ts'
import type { Answer, Asked, AskedLookup } from './asked.ts'
import type { ChannelKeys } from './channel-keys.ts'
import { createCloneWatch, type Suspect } from './clone-watch.ts'
import { createDeliver } from './deliver.ts'
import { createLoad } from './load.ts'
import { createMistrust, type Mistrust } from './mistrust.ts'
import { type Notices, noNotices } from './notices.ts'
import { createOutliers } from './outliers.ts'
import { createPendingQuestions } from './pending.ts'
import { createPick } from './pick.ts'
import { createRegistry, type HeardAgent } from './registry.ts'
import { createSessions } from './sessions.ts'

/**
 * The broker: asks one agent of a realm whether a password is right, or to change it. It picks the agent
 * (`routing`, by `health` and `load`), seals the question for it alone (`sessions`), waits for the
 * verdict (`pending`, `check-verdict`) and sends to another agent only what nobody has claimed, or
 * what the one that claimed it has not tried. Agents that do worse than others are left alone for
 * a while (`outlier`). None is simply believed (`mistrust`): each gets sign-ins that must fail
 * (`canaries`), and a success may need two of them (`second-opinion`).
 */
export interface Broker {
  /**
   * Total: whatever happens on the way is an outcome. Rejects only with Fault `busDown` or
   * `storeDown`. Takes at most the deadline, 8 s.
   */
  verify(asked: Asked): Promise<Answer>
  /**
   * How an account is now: `ok`, `unknownUser` if it is gone, or why nobody may use it. As total as
   * `verify`; takes at most 4 s. Nothing counts it as a sign-in.
   */
  lookUp(asked: AskedLookup): Promise<Answer>
  /** What this process knows of agents at this moment, for the operator. */
  agents(): readonly BrokersAgent[]
  /** Stops listening for replies and heartbeats. */
  stop(): Promise<void>
}

export interface BrokersAgent extends HeardAgent {
  /** Questions that this process has out with it. */
  readonly questions: number
  /** Milliseconds, smoothed; 0 before its first answer. */
  readonly latency: number
  /** Realms for which it is left alone for a while, since others do better. */
  readonly outlierFor: readonly string[]
}

export interface BrokerParts {
  readonly bus: Bus
  /** Unsealed: agents claim in it, and know no data key. */
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly agents: TrustedAgents
  readonly channelKeys: ChannelKeys
  /** Milliseconds from the person's click to giving up. */
  readonly deadline?: number
  /** Every agent is taken at its word unless given. */
  readonly mistrust?: Mistrust
  readonly notices?: Notices
  /** Told of an agent whose identity is used twice. */
  readonly suspect?: Suspect
}

// Milliseconds. An app waits, and no person; agents that do not know can be asked again later.
const lookupDeadline = 4_000

const reasonsToLookAtAgents: readonly UnavailableReason[] = [
  'noAgent',
  'noSecondAgent',
  'clockSkew',
  'agentLost',
]

export function createBroker(parts: BrokerParts): Broker {
  const { bus, store, clock, agents, channelKeys } = parts
  const log = parts.log.child({ part: 'broker' })
  const deadline = parts.deadline ?? 8_000
  const instance = randomId(clock)
  const { suspect } = parts
  const watching = suspect && { cloneWatch: createCloneWatch({ clock, suspect }) }
  const registry = createRegistry({ bus, agents, channelKeys, clock, log, ...watching })
  const pending = createPendingQuestions({ bus, instance, agents, clock, log })
  const sessions = createSessions({ clock, channelKeys, instance, margin: deadline })
  const load = createLoad()
  const outliers = createOutliers({ clock, log })
  const pick = createPick({ clock, load, outliers })
  const deliver = createDeliver({ bus, clock, instance, sessions })
  const notices = parts.notices ?? noNotices
  const ways = { notices, registry, load, outliers, pick, deliver, pending }
  const doubting = createMistrust({ store, clock, log, deadline, ...ways }, parts.mistrust)

  function explain(
    { realm, reference }: Asked | AskedLookup,
    { outcome }: Pick<Answer, 'outcome'>,
  ): void {
    if (outcome.name !== 'unavailable') return
    if (!(reasonsToLookAtAgents as readonly string[]).includes(outcome.reason)) return
    const facts = { reference, realm, reason: outcome.reason, agents: registry.describe(realm) }
    log.warn(facts, 'what is known of the agents of the realm')
  }

  return {
    verify: async (asked) => {
      const started = clock.now()
      const answer = await doubting.ask({ asked, expires: started + deadline })
      explain(asked, answer)
      return { ...answer, milliseconds: clock.now() - started }
    },
    lookUp: async (asked) => {
      const started = clock.now()
      const expires = started + Math.min(deadline, lookupDeadline)
      const settled = await doubting.askLookup({ asked, expires })
      explain(asked, settled)
      const answer = { ...settled, milliseconds: clock.now() - started }
      reportLookup(log, asked, answer)
      return answer
    },
    agents: () =>
      registry.heard().map((agent) => {
        const { inFlight: questions, latency } = load.of(agent.name)
        return { ...agent, questions, latency, outlierFor: outliers.outFor(agent.name) }
      }),
    stop: async () => {
      doubting.stop()
      await Promise.all([registry.stop(), pending.stop()])
    },
  }
}

function reportLookup(log: Logger, { realm, reference }: AskedLookup, answer: Answer): void {
  const { outcome, ...how } = answer
  const why = outcome.name === 'unavailable' && { reason: outcome.reason, detail: outcome.detail }
  const { code: outcomeCode } = outcomeText(outcome)
  const facts = { realm, reference, outcome: outcome.name, outcomeCode, ...why, ...how }
  log[why ? 'warn' : 'info'](facts, 'an account was looked up')
}
