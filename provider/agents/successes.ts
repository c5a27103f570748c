import { z } from 'zod'
import type { Clock } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import { createGathering } from '../../shared/gathering.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import { type Decoder, decoder } from '../../shared/wire.ts'

/**
 * Whom each agent has let in lately. If it turns out to lie, these are the people whose sign-ins
 * have to be looked at.
 */
export interface Successes {
  /** Costs the sign-in nothing: what comes within a second goes to the store together. */
  note(agent: string, success: Noted): void
  /**
   * @returns newest first, as `readSuccesses`, with what this process has not stored yet
   * @throws Fault `storeDown`
   */
  of(agent: string): Promise<readonly Success[]>
  /** Stores what is left. */
  stop(): Promise<void>
}

/** Somebody who was let in on an agent's word. */
export interface Success {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly realm: string
  readonly sub: string
  /** As in the sign-in log. */
  readonly reference: string
  readonly clientId: string
  /** Another agent that said the same, if two were asked. */
  readonly alsoBy?: string
}

export type Noted = Omit<Success, 'at'>

/** Milliseconds. */
const kept = 24 * 3_600_000

// Of each agent. A list in the store has so many batches, and no more people than this in one: so
// the newest thousand people are always there, and never more than ten thousand.
const batches = 1_000
const batchSize = 10
const mostShown = 1_000

/** @param parts.store sealed: this is personal data */
export function createSuccesses(parts: { store: Store; clock: Clock; log: Logger }): Successes {
  const { store, clock, log } = parts
  const gathering = createGathering<Waiting>(write)

  async function write(waiting: readonly Waiting[]): Promise<readonly Waiting[]> {
    const byAgent = Map.groupBy(waiting, ({ agent }) => agent)
    const all = [...byAgent].flatMap(([agent, some]) =>
      cut(some).map((batch) => ({ agent, batch })),
    )
    const results = await Promise.allSettled(
      all.map(({ agent, batch }) => {
        const text = JSON.stringify(batch.map(({ success }) => success))
        return store.append(key(agent), text, { max: batches, ttl: kept })
      }),
    )
    return results.flatMap((result, at) => {
      if (result.status === 'fulfilled') return []
      const { code, message: detail } = asFault(result.reason)
      log.debug({ agent: all[at]?.agent, faultCode: code, detail }, 'successes are kept for later')
      return all[at]?.batch ?? []
    })
  }

  return {
    note: (agent, success) => gathering.add({ agent, success: { at: clock.now(), ...success } }),
    of: async (agent) => {
      await gathering.flush()
      return readSuccesses(parts, agent)
    },
    stop: () => gathering.stop(),
  }
}

interface Waiting {
  readonly agent: string
  readonly success: Success
}

/**
 * Whom an agent has let in within 24 hours, as far as any process has stored it: at most the
 * newest thousand, newest first.
 * @param parts.store sealed
 * @throws Fault `storeDown`
 */
export async function readSuccesses(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  agent: string,
): Promise<readonly Success[]> {
  const stored = await store.range(key(agent))
  return stored
    .flatMap((text) => decode(text))
    .filter(({ at }) => at > clock.now() - kept)
    .toSorted((one, other) => other.at - one.at)
    .slice(0, mostShown)
}

const key = (agent: string): string => `successes:${agent}`

function cut(all: readonly Waiting[]): Waiting[][] {
  const count = Math.ceil(all.length / batchSize)
  return Array.from({ length: count }, (_, n) => all.slice(n * batchSize, (n + 1) * batchSize))
}

const success: z.ZodType<Success> = z.strictObject({
  at: z.number(),
  realm: z.string(),
  sub: z.string(),
  reference: z.string(),
  clientId: z.string(),
  alsoBy: z.string().exactOptional(),
})

const decode: Decoder<readonly Success[]> = decoder('successes', z.array(success))
