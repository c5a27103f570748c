import type { Bus } from '../../shared/bus.ts'
import type { Clock } from '../../shared/clock.ts'
import { randomId } from '../../shared/clock.ts'
import type { SigningKey } from '../../shared/envelope-keys.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import type { TrustedAgents } from './agents.ts'
import type { Answer, Asked } from './asked.ts'
import { Conversation } from './conversation.ts'
import { createDeliver } from './deliver.ts'
import { createLoad } from './load.ts'
import { createPendingQuestions } from './pending.ts'
import { createRegistry } from './registry.ts'
import { createSessions } from './sessions.ts'

/**
 * The broker: asks one agent of a realm whether a password is right. It picks the agent
 * (`routing`, by `health` and `load`), seals the question for it alone (`sessions`), waits for the
 * verdict (`pending`, `check-verdict`) and sends to another agent only what nobody has claimed.
 */
export interface Broker {
  /**
   * Total: whatever happens on the way is an outcome. Rejects only with Fault `busDown` or
   * `storeDown`. Takes at most the deadline, 8 s.
   */
  verify(asked: Asked): Promise<Answer>
  /** Stops listening for replies and heartbeats. */
  stop(): Promise<void>
}

export interface BrokerParts {
  readonly bus: Bus
  /** Unsealed: agents claim in it, and know no data key. */
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly agents: TrustedAgents
  readonly channelKey: SigningKey
  /** Milliseconds from the person's click to giving up. */
  readonly deadline?: number
}

export function createBroker(parts: BrokerParts): Broker {
  const { bus, store, clock, agents, channelKey } = parts
  const log = parts.log.child({ part: 'broker' })
  const deadline = parts.deadline ?? 8_000
  const instance = randomId(clock)
  const registry = createRegistry({ bus, agents, clock, log })
  const pending = createPendingQuestions({ bus, instance, log })
  const sessions = createSessions({ clock, channelKey, instance, margin: deadline })
  const load = createLoad()
  const deliver = createDeliver({ bus, clock, instance, sessions })
  const shared = { store, clock, registry, load, deliver }

  return {
    verify: async (asked) => {
      const started = clock.now()
      const requestId = randomId(clock)
      const question = pending.add(requestId, asked.reference)
      const unsealed = { id: requestId, asked, expires: started + deadline }
      const conversation = new Conversation(shared, unsealed, question)
      try {
        const said = await conversation.run()
        return { ...said, requestId, milliseconds: clock.now() - started }
      } finally {
        pending.remove(requestId)
        conversation.end()
      }
    },
    stop: async () => {
      await Promise.all([registry.stop(), pending.stop()])
    },
  }
}
