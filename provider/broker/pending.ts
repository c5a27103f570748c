import type { Bus, Subscription } from '../../shared/bus.ts'
import type { Clock } from '../../shared/clock.ts'
import { asFault, Fault } from '../../shared/fault.ts'
import { streams } from '../../shared/keys.ts'
import type { Logger } from '../../shared/log.ts'
import type { TrustedAgents } from './agents.ts'
import { type CheckedVerdict, checkVerdict, type Sealing } from './check-verdict.ts'

/** A question under way: for whom it was sealed, and the verdicts that have come in. */
export interface PendingQuestion {
  /** By agent. One agent may get a second sealing after it changed its prekey. */
  readonly sealings: Map<string, Sealing>
  /** The next genuine verdict, or `undefined` after so many milliseconds without one. */
  next(milliseconds: number): Promise<CheckedVerdict | undefined>
}

/** Questions of this provider process that wait for a verdict, by request id. */
export interface PendingQuestions extends Subscription {
  add(id: string, reference: string): PendingQuestion
  remove(id: string): void
}

const concurrency = 256

export function createPendingQuestions(parts: {
  bus: Bus
  instance: string
  agents: TrustedAgents
  clock: Clock
  log: Logger
}): PendingQuestions {
  const { agents, clock, log } = parts
  const waiting = new Map<string, Waiting>()

  const onError = (error: unknown) => {
    const { code, message } = asFault(error)
    log.warn({ faultCode: code, detail: message }, 'a reply was refused')
  }

  const replies = streams.repliesTo(parts.instance)
  const subscription = parts.bus.consume(replies, { concurrency, onError }, async (entry) => {
    const { id = '', agent = '', verdict = '' } = entry
    const question = waiting.get(id)
    const sealing = question?.sealings.get(agent)
    if (question === undefined || sealing === undefined) {
      log.debug({ agent }, 'a reply to no open question')
      return
    }
    // A reply that is not genuine settles nothing: whoever forged it must not be able to end the
    // sign-in before the true verdict is here.
    await receiveIfGenuine(verdict, sealing, question)
  })

  async function receiveIfGenuine(reply: string, sealing: Sealing, question: Waiting) {
    try {
      const verdict = await checkVerdict(reply, sealing, clock.now())
      // Now, and not when it was asked: it may have been revoked since.
      if (agents.standing(sealing.agent) === 'no') {
        throw new Fault('forgedMessage', 'a verdict of an agent that is not believed any more')
      }
      question.receive(verdict, sealing)
    } catch (error) {
      const { code, message } = asFault(error)
      const facts = { agent: sealing.agent.name, reference: question.reference, faultCode: code }
      log.error({ ...facts, detail: message }, 'a verdict was refused')
    }
  }

  return {
    add: (id, reference) => {
      const question = createWaiting(reference)
      waiting.set(id, question)
      return question
    },
    remove: (id) => {
      waiting.delete(id)
    },
    stop: () => subscription.stop(),
  }
}

interface Waiting extends PendingQuestion {
  readonly reference: string
  /** @throws Fault `forgedMessage` if this sealing has been answered before */
  receive(verdict: CheckedVerdict, sealing: Sealing): void
}

function createWaiting(reference: string): Waiting {
  const arrived: CheckedVerdict[] = []
  const answered = new WeakSet<Sealing>()
  let wake: (() => void) | undefined
  return {
    reference,
    sealings: new Map(),
    receive: (verdict, sealing) => {
      if (answered.has(sealing)) throw new Fault('forgedMessage', 'a second verdict of one agent')
      answered.add(sealing)
      arrived.push(verdict)
      wake?.()
    },
    next: async (milliseconds) => {
      if (arrived.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = undefined
      }
      return arrived.shift()
    },
  }
}
