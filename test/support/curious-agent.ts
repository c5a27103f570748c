import { startHeartbeat } from '../../agent/heartbeat.ts'
import { fixedIdentity } from '../../agent/identity/identity.ts'
import { createPrekeys } from '../../agent/prekeys.ts'
import { type Read, readQuestion } from '../../agent/read-question.ts'
import { createSessions } from '../../agent/sessions.ts'
import type { BusEntry } from '../../shared/bus.ts'
import { systemClock } from '../../shared/clock.ts'
import { statedHeader } from '../../shared/envelope.ts'
import type { SigningKey } from '../../shared/envelope-keys.ts'
import { streams } from '../../shared/keys.ts'
import { createLog } from '../../shared/log.ts'
import type { Channel } from './channel.ts'

/** All that an agent can know about a question, and what it needs to answer it. */
export interface Seen extends Omit<Extract<Read, { kind: 'question' }>, 'kind'> {
  readonly entry: BusEntry
  /** Of the sealed question, which everybody can read. */
  readonly header: Readonly<Record<string, unknown>>
  readonly identity: SigningKey
}

/** @param reply adds an entry to the stream of replies that the question names */
export type Respond = (seen: Seen, reply: (entry: BusEntry) => Promise<void>) => Promise<void>

/**
 * An agent that somebody owns: it has the true keys, looks at everything, claims nothing, and
 * answers what its owner wants; nothing unless given.
 */
export interface CuriousAgent extends AsyncDisposable {
  readonly seen: readonly Seen[]
}

export async function startCuriousAgent(
  channel: Channel,
  agent: string,
  respond: Respond = async () => {},
): Promise<CuriousAgent> {
  const { bus, providerKeys } = channel
  const clock = systemClock
  const log = createLog({ level: 'silent', process: 'test' })
  const prekeys = await createPrekeys({ clock })
  const key = channel.identity(agent)
  const identity = fixedIdentity({
    key,
    certificate: channel.certified(agent).certificate,
    providerKeys,
  })
  const sessions = createSessions({ agent, clock, prekeys, providerKeys: () => providerKeys })
  const seen: Seen[] = []
  const onError = (error: unknown) => {
    throw error
  }
  const requests = streams.requestsTo(agent)
  const subscription = bus.consume(requests, { concurrency: 8, onError }, async (entry) => {
    const { kind, ...read } = await readQuestion(entry, { agent, sessions, clock })
    if (!('question' in read)) throw new Error(`a question was ${kind}`)
    const header = { ...statedHeader(entry['question'] ?? '') }
    const one: Seen = { ...read, entry, header, identity: key }
    seen.push(one)
    await respond(one, (reply) => bus.add(streams.repliesTo(one.binding.instance), reply))
  })
  const trusts = providerKeys.map(({ id }) => id)
  const says = () => {
    return { realms: ['corp'], version: '1', limit: 8, inFlight: 0, trusts, warnings: [] }
  }
  const heartbeat = await startHeartbeat({ agent, bus, clock, log, identity, prekeys, says })
  return {
    seen,
    [Symbol.asyncDispose]: async () => {
      await heartbeat.stop()
      await subscription.stop()
    },
  }
}
