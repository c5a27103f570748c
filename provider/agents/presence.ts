import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { z } from 'zod'
import type { Bus, BusEntry, Subscription } from '../../shared/bus.ts'
import { type Clock, randomId } from '../../shared/clock.ts'
import { sign } from '../../shared/envelope-signature.ts'
import { asFault } from '../../shared/fault.ts'
import { streams } from '../../shared/keys.ts'
import type { Logger } from '../../shared/log.ts'
import { type Decoder, decoder, wireVersion } from '../../shared/wire.ts'
import type { ChannelKeys } from '../broker/channel-keys.ts'
import type { AgentDirectory } from './directory.ts'
import { noAgents, type Revocation, revocationSchema } from './record.ts'
import { createSignedByUs, newestOf } from './signed-by-us.ts'

/**
 * Every provider process says once a second that it is there and which revocations it knows, signed.
 * So whoever revokes an agent learns which processes have heard of it, and each hears of it also
 * from the others. One that ends says that, too, so that nobody waits for its word.
 */
export interface ProviderProcess {
  readonly instance: string
  /** Its host and process id, for people. */
  readonly name: string
  readonly at: number
  /** Of all the revocations it knows. */
  readonly digest: string
}

interface Announcement extends ProviderProcess {
  readonly v: typeof wireVersion
  /** Those of the last hour. */
  readonly recent: readonly Revocation[]
  /** It ends. */
  readonly leaving?: true
}

/** Milliseconds. */
export const announcedEvery = 1_000
const recentFor = 60 * 60_000
const mostRecent = 50

// Entries. Whoever comes in reads what all processes have said in the last seconds.
const backlog = 100

export interface PresenceParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly directory: Pick<AgentDirectory, 'revocations' | 'learn' | 'onNews'>
  readonly channelKeys: ChannelKeys
}

/** Announces this process, at once when it learns something, and its end. */
export function announceProcess(parts: PresenceParts): Subscription {
  const { bus, clock, log, directory, channelKeys } = parts
  const about = { instance: randomId(clock), name: `${hostname()}:${process.pid}` }

  async function announce(isLast: boolean): Promise<void> {
    const at = clock.now()
    const revocations = directory.revocations()
    const recent = revocations.filter((one) => at - one.at < recentFor).slice(-mostRecent)
    const digest = digestOf(revocations)
    const end = isLast ? ({ leaving: true } as const) : {}
    const said: Announcement = { v: wireVersion, ...about, at, digest, recent, ...end }
    const signed = await sign('postern-provider', JSON.stringify(said), newestOf(channelKeys))
    await bus.add(streams.providers, { signed })
  }

  let under: Promise<void> = Promise.resolve()
  let isOver = false
  const announceOrLog = () => {
    const isLast = isOver
    under = under
      .then(() => announce(isLast))
      .catch((thrown: unknown) => {
        const { code, message } = asFault(thrown)
        log.warn({ faultCode: code, detail: message }, 'this process could not announce itself')
      })
  }
  announceOrLog()
  const timer = setInterval(announceOrLog, announcedEvery)
  directory.onNews(() => {
    if (!isOver) announceOrLog()
  })
  return {
    stop: async () => {
      clearInterval(timer)
      isOver = true
      announceOrLog()
      await under
    },
  }
}

/** The processes that have been heard and have not ended, and what they knew last. */
export interface HeardProcesses extends Subscription {
  all(): readonly ProviderProcess[]
}

/** Hears the others, and learns from them. */
export function hearProcesses(parts: PresenceParts): HeardProcesses {
  const { bus, clock, log, directory } = parts
  // With those that have ended: what they said before may be played again.
  const heard = new Map<string, ProviderProcess & { readonly leaving?: true }>()
  const signedByUs = createSignedByUs(parts.channelKeys)
  const onError = (thrown: unknown) => {
    const { code, message } = asFault(thrown)
    log.debug({ faultCode: code, detail: message }, 'an announcement of a process was refused')
  }
  const handle = async ({ signed = '' }: BusEntry) => {
    const {
      v: _,
      recent,
      ...said
    } = decodeAnnouncement(await signedByUs('postern-provider', signed))
    directory.learn({ ...noAgents, revocations: recent })
    const before = heard.get(said.instance)
    // One that is played back says nothing.
    if (before === undefined || isLater(said, before)) heard.set(said.instance, said)
    for (const { instance, at } of heard.values()) {
      if (clock.now() - at > forgottenAfter) heard.delete(instance)
    }
  }
  const subscription = bus.follow(streams.providers, { backlog, onError }, handle)
  return {
    all: () => [...heard.values()].filter(({ leaving }) => leaving === undefined),
    stop: () => subscription.stop(),
  }
}

type Said = Pick<Announcement, 'at' | 'leaving'>

// The end of a process is its last word, whatever the time.
function isLater(said: Said, before: Said): boolean {
  if (before.leaving) return false
  return said.leaving === true || before.at < said.at
}

const forgottenAfter = 60_000

/** What two processes compare to know whether they know the same. */
export function digestOf(revocations: readonly Revocation[]): string {
  const known = revocations.map(({ enrolment, removed }) => `${enrolment} ${removed}`).toSorted()
  return createHash('sha256').update(known.join('\n')).digest('base64url')
}

const announcement: z.ZodType<Announcement> = z.strictObject({
  v: z.literal(wireVersion),
  instance: z.string().max(64),
  name: z.string().max(300),
  at: z.int().nonnegative(),
  digest: z.string().max(64),
  recent: z.array(revocationSchema).max(mostRecent),
  leaving: z.literal(true).exactOptional(),
})

const decodeAnnouncement: Decoder<Announcement> = decoder('announcement of a process', announcement)
