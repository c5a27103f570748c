import { startHeartbeat } from '../../agent/heartbeat.ts'
import { fixedIdentity } from '../../agent/identity/identity.ts'
import { createPrekeys } from '../../agent/prekeys.ts'
import { readQuestion } from '../../agent/read-question.ts'
import { createSessions } from '../../agent/sessions.ts'
import type { BusEntry } from '../../shared/bus.ts'
import { systemClock } from '../../shared/clock.ts'
import { statedHeader } from '../../shared/envelope.ts'
import { streams } from '../../shared/keys.ts'
import { createLog } from '../../shared/log.ts'
import type { Question } from '../../shared/wire.ts'
import type { Channel } from './channel.ts'

/** All that an agent can know about a question: one that is owned by somebody looks at it all. */
export interface Seen {
  readonly entry: BusEntry
  /** Of the sealed question, which everybody can read. */
  readonly header: Readonly<Record<string, unknown>>
  readonly question: Question
}

export interface CuriousAgent extends AsyncDisposable {
  readonly seen: readonly Seen[]
}

/** Opens what it gets, keeps it, and answers nothing. */
export async function startCuriousAgent(channel: Channel, agent: string): Promise<CuriousAgent> {
  const { bus, providerKeys } = channel
  const clock = systemClock
  const log = createLog({ level: 'silent', process: 'test' })
  const prekeys = await createPrekeys({ clock })
  const identity = fixedIdentity({ key: channel.identity(agent), certificate: '', providerKeys })
  const sessions = createSessions({ agent, clock, prekeys, providerKeys: () => providerKeys })
  const seen: Seen[] = []
  const unread = (error: unknown) => {
    throw error
  }
  const options = { concurrency: 8, onError: unread }
  const subscription = bus.consume(streams.requestsTo(agent), options, async (entry) => {
    const read = await readQuestion(entry, { agent, sessions, clock })
    if (read.kind !== 'question') throw new Error(`it was ${read.kind}`)
    const header = { ...statedHeader(entry['question'] ?? '') }
    seen.push({ entry, header, question: read.question })
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
