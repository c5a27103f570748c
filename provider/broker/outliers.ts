import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import {
  afterFailure,
  afterSuccess,
  doesWell,
  type Standing,
  untroubled,
  worthAsking,
} from './outlier.ts'

/** How each agent has done for each realm, as far as this provider process has seen. */
export interface Outliers {
  /** The realms for which the agent is left alone at this moment. */
  outFor(agent: string): readonly string[]
  /** Those of the realm's live agents to choose from; all names given must be live. */
  worthAsking(realm: string, agents: readonly string[]): readonly string[]
  /** Note that a question goes to the agent. */
  sent(realm: string, agent: string): void
  /** It answered: it could ask its directory, whatever that said. */
  didWell(realm: string, agent: string): void
  /** It answered that it could not, or fell silent with a question it had taken. */
  failed(realm: string, agent: string, others: readonly string[]): void
  /** A question sent at `sentAt` was not even taken. Counts unless the agent has answered since. */
  ignored(realm: string, agent: string, about: Ignored): void
}

export interface Ignored {
  readonly sentAt: number
  readonly others: readonly string[]
}

interface Known {
  standing: Standing
  /** When it was last sent a question while left alone, if that is not over. */
  trial: number | undefined
  answeredAt: number
}

// Milliseconds. A trial that came to no end of its own, since the question was withdrawn.
const longestTrial = 10_000

export function createOutliers(parts: { clock: Clock; log: Logger }): Outliers {
  const { clock, log } = parts
  const known = createMemory()
  // Of each realm, how many are left alone: nearly always nobody, and then there is nothing to
  // weigh, however many agents there are.
  const out = new Map<string, number>()

  function judge(realm: string, agent: string, after: Standing): void {
    const one = known(realm, agent)
    const before = one.standing
    one.standing = after
    one.trial = undefined
    if (after.isOut === before.isOut) return
    out.set(realm, (out.get(realm) ?? 0) + (after.isOut ? 1 : -1))
    if (after.isOut) {
      log.warn({ realm, agent }, 'the agent is left alone for a while: others do better')
    } else {
      log.info({ realm, agent }, 'the agent does well again')
    }
  }

  function fail(realm: string, agent: string, others: readonly string[]): void {
    const othersDoWell = others.some((other) => doesWell(known(realm, other).standing))
    judge(realm, agent, afterFailure(known(realm, agent).standing, clock.now(), othersDoWell))
  }

  return {
    outFor: (agent) => [...out.keys()].filter((realm) => known(realm, agent).standing.isOut),
    worthAsking: (realm, agents) => {
      if ((out.get(realm) ?? 0) === 0) return agents
      const now = clock.now()
      const judged = agents.map((name) => {
        const { standing, trial } = known(realm, name)
        return { name, standing, isOnTrial: trial !== undefined && now - trial < longestTrial }
      })
      return worthAsking(judged, now).map(({ name }) => name)
    },
    sent: (realm, agent) => {
      const one = known(realm, agent)
      if (one.standing.isOut) one.trial = clock.now()
    },
    didWell: (realm, agent) => {
      const now = clock.now()
      known(realm, agent).answeredAt = now
      judge(realm, agent, afterSuccess(known(realm, agent).standing, now))
    },
    failed: (realm, agent, others) => {
      known(realm, agent).answeredAt = clock.now()
      fail(realm, agent, others)
    },
    // In a burst the last in a queue wait long for an agent that works through it as fast as it
    // can; one that is stuck says nothing about anybody's question.
    ignored: (realm, agent, { sentAt, others }) => {
      if (known(realm, agent).answeredAt < sentAt) fail(realm, agent, others)
    },
  }
}

function createMemory(): (realm: string, agent: string) => Known {
  const all = new Map<string, Map<string, Known>>()
  return (realm, agent) => {
    const ofRealm = all.get(realm) ?? new Map<string, Known>()
    const found = ofRealm.get(agent)
    if (found !== undefined) return found
    const fresh: Known = { standing: untroubled, trial: undefined, answeredAt: 0 }
    all.set(realm, ofRealm.set(agent, fresh))
    return fresh
  }
}
