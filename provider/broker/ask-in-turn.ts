import { type Clock, randomId } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Outcome } from '../../shared/outcome.ts'
import type { Answer } from './asked.ts'
import { Conversation, type ConversationParts, type Said } from './conversation.ts'
import type { Unsealed } from './deliver.ts'
import type { PendingQuestions } from './pending.ts'

/** A question that has no id yet. */
export type Wanted = Omit<Unsealed, 'id'>

/** Asks until the question is settled, and never again after the password may have been tried. */
export type AskInTurn = (wanted: Wanted, whom?: Whom) => Promise<Settled>

export type Settled = Omit<Answer, 'milliseconds'>

/** Anybody who is live, unless this says otherwise. */
export interface Whom {
  /** The agent to ask first, if it is live. */
  readonly first?: string
  /** Agents that are not to be asked. */
  readonly avoid?: readonly string[]
}

// Milliseconds that another agent and its directory need at least.
const leastTime = 1_000

/**
 * An agent that could not so much as try the password is followed by another one, and the person
 * notices nothing. That is safe whatever dies when: the agent has signed that it is through with
 * the request, and nobody else was ever able to open it. The next request has an id of its own, so
 * whatever is left of the first can settle only the first.
 */
export function createAskInTurn(
  parts: ConversationParts & { pending: PendingQuestions; log: Logger },
): AskInTurn {
  const { clock, registry, log, notices } = parts
  return async (wanted, whom = {}) => {
    const { realm, reference } = wanted.asked
    const avoid = new Set(whom.avoid)
    for (;;) {
      const to = { ...whom, avoid }
      const { notTried, ...answer } = await converse(parts, wanted, to)
      const { agent, requestId, outcome } = answer
      const mayAskAgain = notTried || isUselessLookup(wanted, outcome)
      if (!mayAskAgain || agent === undefined) return answer
      avoid.add(agent)
      const isAnotherLive = registry
        .ofRealm(realm)
        .some(({ agent: { name }, health }) => health === 'live' && !avoid.has(name))
      if (!isAnotherLive || wanted.expires - clock.now() < leastTime) return answer
      notices.handedOver(realm, 'notTried')
      const facts = { agent, realm, reference, requestId, outcome }
      log.warn(facts, 'the agent did not try; another one is asked')
    }
  }
}

// Looking somebody up counts toward no lockout, so it may be tried by any number of agents.
function isUselessLookup({ asked }: Wanted, outcome: Outcome): boolean {
  return 'accountId' in asked && outcome.name === 'unavailable'
}

async function converse(
  parts: ConversationParts & { clock: Clock; pending: PendingQuestions },
  wanted: Wanted,
  to: { readonly first?: string; readonly avoid: ReadonlySet<string> },
): Promise<Said & { requestId: string }> {
  const { pending, clock } = parts
  const requestId = randomId(clock)
  const question = pending.add(requestId, wanted.asked.reference)
  const conversation = new Conversation(parts, { id: requestId, ...wanted }, { question, ...to })
  try {
    return { ...(await conversation.run()), requestId }
  } finally {
    pending.remove(requestId)
    conversation.end()
  }
}
