import type { Bus, Subscription } from '../../shared/bus.ts'
import { asFault } from '../../shared/fault.ts'
import { streams } from '../../shared/keys.ts'
import type { Logger } from '../../shared/log.ts'
import type { Verdict } from '../../shared/wire.ts'
import { checkVerdict, type Sealing } from './check-verdict.ts'

/** A question under way: for whom it was sealed, and the verdicts that have come in. */
export interface PendingQuestion {
  /** By agent. One agent may get a second sealing after it changed its prekey. */
  readonly sealings: Map<string, Sealing>
  /** The next genuine verdict, or `undefined` after so many milliseconds without one. */
  next(milliseconds: number): Promise<Verdict | undefined>
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
  log: Logger
}): PendingQuestions {
  const { log } = parts
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
    const checked = await refusedIfForged(verdict, sealing, question)
    if (checked !== undefined) question.receive(checked)
  })

  async function refusedIfForged(verdict: string, sealing: Sealing, question: Waiting) {
    try {
      return await checkVerdict(verdict, sealing)
    } catch (error) {
      const { code, message } = asFault(error)
      const facts = { agent: sealing.agent.name, reference: question.reference, faultCode: code }
      log.error({ ...facts, detail: message }, 'a verdict was refused')
      return undefined
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
  receive(verdict: Verdict): void
}

function createWaiting(reference: string): Waiting {
  const arrived: Verdict[] = []
  let wake: (() => void) | undefined
  return {
    reference,
    sealings: new Map(),
    receive: (verdict) => {
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
