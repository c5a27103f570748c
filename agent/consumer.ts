import type { Bus, BusEntry, Subscription } from '../shared/bus.ts'
import type { Clock } from '../shared/clock.ts'
import { type Binding, seal } from '../shared/envelope.ts'
import type { SigningKey } from '../shared/envelope-keys.ts'
import { sign } from '../shared/envelope-signature.ts'
import { asFault } from '../shared/fault.ts'
import { streams } from '../shared/keys.ts'
import type { Logger } from '../shared/log.ts'
import { type Verdict, wireVersion } from '../shared/wire.ts'
import type { AnswerQuestion } from './answer-question.ts'
import type { BackendAnswer } from './backends/backend.ts'
import type { Identity } from './identity/identity.ts'
import { type Read, readQuestion } from './read-question.ts'
import type { Sessions } from './sessions.ts'

/** The agent's stream of questions: read one, answer it, sign and seal the verdict, reply. */
export interface Consumer extends Subscription {
  inFlight(): number
}

export function createConsumer(parts: {
  agent: string
  bus: Bus
  clock: Clock
  log: Logger
  sessions: Sessions
  identity: Identity
  answerQuestion: AnswerQuestion
  concurrency: number
}): Consumer {
  const { agent, bus, clock, log, identity, answerQuestion, concurrency } = parts
  let inFlight = 0

  async function reply(binding: Binding, verdict: string): Promise<void> {
    await bus.add(streams.repliesTo(binding.instance), { id: binding.id, agent, verdict })
  }

  async function handle(entry: BusEntry): Promise<void> {
    const read = await readQuestion(entry, parts)
    if (read.kind === 'expired') {
      log.info({ requestId: read.binding.id }, 'an expired question was dropped')
      return
    }
    // At once: by the time the directory answers, the key may be the one before the last.
    const key = identity.keyFor(entry['signer'])
    if (read.kind === 'cannotDecrypt') {
      log.warn({ requestId: read.binding.id }, 'a question for a prekey that is gone')
      await reply(read.binding, await signVerdict(read, cannotDecrypt, { at: clock.now(), key }))
      return
    }
    const answer = await answerQuestion(read.question)
    if (answer === undefined) return
    const binding = { ...read.binding, type: 'postern-verdict' } as const
    const signed = await signVerdict(read, answer, { at: clock.now(), key })
    await reply(binding, await seal(signed, binding, read.session))
  }

  const onError = (error: unknown) => {
    const { code, message } = asFault(error)
    log.warn({ faultCode: code, detail: message }, 'a question was refused')
  }
  const stream = streams.requestsTo(agent)
  const subscription = bus.consume(stream, { concurrency, onError }, async (entry) => {
    inFlight += 1
    try {
      await handle(entry)
    } finally {
      inFlight -= 1
    }
  })
  return { inFlight: () => inFlight, stop: () => subscription.stop() }
}

const cannotDecrypt: BackendAnswer = { outcome: { name: 'unavailable', reason: 'cannotDecrypt' } }

function signVerdict(
  read: Exclude<Read, { kind: 'expired' }>,
  answer: BackendAnswer,
  { at, key }: { at: number; key: SigningKey },
): Promise<string> {
  const { id, agent, realm, instance } = read.binding
  const bound = { v: wireVersion, id, agent, realm, instance } as const
  const verdict: Verdict = { ...bound, requestHash: read.hash, at, ...answer }
  return sign('postern-verdict', JSON.stringify(verdict), key)
}
